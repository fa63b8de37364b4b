"""What would have come of other rules: recorded history told once more through the verbs, on paper, for nobody to keep."""
