-- What the workspace and the marts both say; made once, when the workspace is opened.
create macro severity_rank(severity) as list_position(['none', 'low', 'moderate', 'severe', 'fatal'], severity);
