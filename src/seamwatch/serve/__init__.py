"""The HTTP API and the web app's files: `app.make_app` puts them together."""
