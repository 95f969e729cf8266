"""The demo: invented people in a synthetic realm, on the product's own ways."""
