"""The check of job adverts: what is wrong with one, in its own words."""
