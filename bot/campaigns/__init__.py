"""Campaigns: written, approved, sent to everybody once, and reported."""
