"""What admins write: rule files into a RuleBook, and what it decides about a message. Pure but for reading files."""
