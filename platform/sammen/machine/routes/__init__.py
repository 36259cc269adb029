"""The interface's routes: the token's door, the documents, and the administrator's pages."""
