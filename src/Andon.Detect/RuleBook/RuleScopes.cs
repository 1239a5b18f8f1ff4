using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>A log source that is out of scope here, with the reason.</summary>
public sealed record RuleScope(string? Product, string? Category, string? Service, string Why, string Actor, long AtMs)
{
    internal bool Holds(LogSource source) => Same(Product, source.Product) && Same(Category, source.Category) && Same(Service, source.Service);

    internal bool Is(string? product, string? category, string? service) => Equal(Product, product) && Equal(Category, category) && Equal(Service, service);

    static bool Same(string? scope, string? rule) => scope is null || Equal(scope, rule);
    static bool Equal(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Which log sources are out of scope, as the facts say.</summary>
sealed class RuleScopes
{
    volatile IReadOnlyList<RuleScope> off = [];

    public IReadOnlyList<RuleScope> Off => off;

    public void Apply(Fact fact, ScopeSwitched f)
    {
        List<RuleScope> next = [.. off.Where(s => !s.Is(f.Product, f.Category, f.Service))];
        if (!f.InScope) next.Add(new(f.Product, f.Category, f.Service, f.Why, fact.Actor, fact.AtMs));
        off = next;
    }

    /// <summary>The scope that takes this rule out of use, or null.</summary>
    public RuleScope? Of(SigmaDocument document)
    {
        if (document is not RuleDocument rule) return null;
        foreach (var scope in off)
            if (scope.Holds(rule.Source)) return scope;
        return null;
    }
}
