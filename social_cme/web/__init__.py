"""What every face shares: forms, errors, security headers, request logs, templating and the API's manners."""
