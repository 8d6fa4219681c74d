"""Our own small grammar: a sentence and a roster in, a wish and what is wrong with it out."""
