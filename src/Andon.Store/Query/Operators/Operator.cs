using System.Collections.Frozen;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>One step of a pipeline. Its file says how it is read, printed and compiled.</summary>
internal abstract record Operator(int At)
{
    /// <summary>True when it only tests or adds columns: then a histogram of its input's events is one of its output's.</summary>
    public virtual bool KeepsRows => false;
    public abstract void Print(Printer to);
    public abstract Shape Apply(Shape input, Compiler compiler);

    /// <summary>A shape to which tests and columns can be added.</summary>
    protected static Shape Free(Shape input, Compiler compiler) => input.Limit is null ? input : compiler.Close(input);

    /// <summary>A shape in which each row stands for itself: joins and unions do not work within mv-apply.</summary>
    protected static bool Alone(Shape input, int at, string what, Compiler compiler)
    {
        if (input.Each is null) return true;
        compiler.Faults.Add("KQL032", at, $"`{what}` does not stand within mv-apply.", "Use mv-expand, and this operator after it.");
        return false;
    }

    /// <summary>A name no column has yet.</summary>
    internal static string Unused(string wanted, Func<string, bool> taken)
    {
        if (!taken(wanted)) return wanted;
        for (var i = 1; ; i++)
            if (!taken($"{wanted}{i}")) return $"{wanted}{i}";
    }
}

/// <summary>A step that could not be read or is not offered; its finding stands.</summary>
internal sealed record BadOperator(int At) : Operator(At)
{
    public override void Print(Printer to) => to.Put("where true");
    public override Shape Apply(Shape input, Compiler compiler) => Compiler.Lost();
}

internal static class OperatorTable
{
    public static readonly FrozenDictionary<string, Func<Parser, int, Operator>> All = new Dictionary<string, Func<Parser, int, Operator>>
    {
        ["where"] = Where.Parse,
        ["filter"] = Where.Parse,
        ["search"] = Search.Parse,
        ["extend"] = Extend.Parse,
        ["project"] = Project.Parse,
        ["project-away"] = ProjectAway.Parse,
        ["project-keep"] = ProjectKeep.Parse,
        ["project-rename"] = ProjectRename.Parse,
        ["project-reorder"] = ProjectReorder.Parse,
        ["summarize"] = Summarize.Parse,
        ["distinct"] = Distinct.Parse,
        ["count"] = Operators.Count.Parse,
        ["sort"] = Sort.Parse,
        ["order"] = Sort.Parse,
        ["top"] = Top.Parse,
        ["take"] = Take.Parse,
        ["limit"] = Take.Parse,
        ["union"] = UnionStep.Parse,
        ["join"] = Join.Parse,
        ["lookup"] = Join.ParseLookup,
        ["mv-expand"] = MvExpand.Parse,
        ["mvexpand"] = MvExpand.Parse,
        ["mv-apply"] = MvApply.Parse,
        ["parse"] = ParseText.Parse,
        ["parse-where"] = ParseText.ParseWhere,
        ["parse-kv"] = ParsePairs.Parse,
        ["make-series"] = MakeSeries.Parse,
        ["evaluate"] = Evaluate.Parse,
        ["serialize"] = Serialize.Parse,
        ["as"] = As.Parse,
        ["getschema"] = GetSchema.Parse,
        ["sample"] = Sample.Parse,
        ["sample-distinct"] = SampleDistinct.Parse,
        ["render"] = Render.Parse,
    }.ToFrozenDictionary();

    /// <summary>The operator after a <c>|</c>. Operator names may hold hyphens.</summary>
    public static Operator? Parse(Parser parser)
    {
        var first = parser.Peek;
        if (first.Kind != TokenKind.Word)
        {
            parser.Fail("KQL003", first.At, $"An operator is expected after `|`, not {first.Shown}.", first.Is("|") ? "Take one `|` out." : "where, project, summarize, sort, take …");
            return null;
        }
        var name = parser.Next().Text;
        while (parser.Peek.Is("-") && parser.Peek.Glued && parser.PeekAt(1) is { Kind: TokenKind.Word, Glued: true })
        {
            parser.Next();
            name += "-" + parser.Next().Text;
        }
        if (All.TryGetValue(name, out var parse)) return parse(parser, first.At);
        if (KnownOperators.Hints.TryGetValue(name, out var hint))
            parser.Refuse("KQL030", first.At, $"The operator `{name}` is known, but not offered.", hint);
        else
        {
            var near = Words.Nearest(name, All.Keys.Concat(KnownOperators.Hints.Keys));
            parser.Refuse("KQL004", first.At, $"`{name}` is no operator.", near is null ? "where, project, extend, summarize, sort, top, take, count, distinct …" : $"`{near}`?");
        }
        parser.SkipOperator();
        return new BadOperator(first.At);
    }
}
