"""Files of an ERP as events: lines of CloudEvents as they are, tables by a map that says which column means what."""
