"""The pages of small and medium businesses (マイページ)."""
