namespace Andon.Detect.Sigma.Ast;

/// <summary>A condition over search identifiers. Prints canonical text; reading that again gives the same condition.</summary>
abstract record Condition
{
    /// <summary>How tightly the node binds: or 1, and 2, not 3, the rest 4.</summary>
    protected abstract int Binding { get; }

    protected string In(Condition child) => child.Binding < Binding || (child.Binding == Binding && Binding < 3) ? $"({child})" : child.ToString() ?? "";
}

sealed record OrCondition(IReadOnlyList<Condition> Parts) : Condition
{
    protected override int Binding => 1;
    public override string ToString() => string.Join(" or ", Parts.Select(In));
}

sealed record AndCondition(IReadOnlyList<Condition> Parts) : Condition
{
    protected override int Binding => 2;
    public override string ToString() => string.Join(" and ", Parts.Select(In));
}

sealed record NotCondition(Condition Inner) : Condition
{
    protected override int Binding => 3;
    public override string ToString() => $"not {In(Inner)}";
}

sealed record NameCondition(string Name) : Condition
{
    protected override int Binding => 4;
    public override string ToString() => Name;
}

/// <summary><c>1 of X</c> or <c>all of X</c>; X is <c>them</c> or a pattern with stars.</summary>
sealed record OfCondition(bool All, string Of) : Condition
{
    protected override int Binding => 4;
    public override string ToString() => $"{(All ? "all" : "1")} of {Of}";

    public bool Takes(string name)
    {
        if (Of == "them") return !name.StartsWith('_');
        if (name.StartsWith('_') && !Of.StartsWith('_')) return false;
        return Matches(Of, name);
    }

    // After a star the leftmost place is always the best one, so nothing is tried twice.
    static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0) return pattern.SequenceEqual(name);
        var last = pattern[(pattern.LastIndexOf('*') + 1)..];
        if (name.Length < star + last.Length || !name.StartsWith(pattern[..star], StringComparison.Ordinal) || !name.EndsWith(last, StringComparison.Ordinal)) return false;
        name = name[star..^last.Length];
        pattern = pattern[star..^last.Length];
        while (pattern.Length > 0)
        {
            pattern = pattern[1..];
            var end = pattern.IndexOf('*') is var next and >= 0 ? next : pattern.Length;
            var at = name.IndexOf(pattern[..end], StringComparison.Ordinal);
            if (at < 0) return false;
            name = name[(at + end)..];
            pattern = pattern[end..];
        }
        return true;
    }
}
