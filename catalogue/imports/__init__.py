"""The catalogue from spreadsheets: bytes -> grid -> table -> typed drafts and findings -> plan -> rows written."""
