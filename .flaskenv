# What `.venv/bin/flask` loads; the server itself starts with wsgi.py.
FLASK_APP=social_cme.server:command_app
