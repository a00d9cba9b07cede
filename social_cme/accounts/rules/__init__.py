"""Pure rules of accounts: names, passwords, addresses, devices. No database, no clock."""
