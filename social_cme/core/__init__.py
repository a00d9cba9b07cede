"""Ground rules shared by everything: no Flask and no database in here."""
