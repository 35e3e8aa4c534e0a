"""The desk's database: tables, connection, accounts, and the rules for a change of state."""
