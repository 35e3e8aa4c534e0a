"""Exchange: decisions in other tools' formats, and edited decision sheets back in."""
