"""How good a search is: any collection of documents and judged queries, on a scratch index, beside simpler engines."""
