def title(text):
    """Capitals at the start of words."""
    return " ".join(word.capitalize() for word in text.split())
