namespace Andon.Model;

/// <summary>Someone to whom fields are masked looks at them in clear until then, and says why.</summary>
[Fact("search.unmasked", Room.Store)]
public sealed record SearchUnmasked(string Why, long UntilMs) : FactBody;
