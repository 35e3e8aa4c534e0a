"""What every server of the project needs: safe headers, bounded requests, a log, and a safe address."""
