using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

internal enum ColumnIndex
{
    None,
    /// <summary>Terms of lower(column): a term test skips what cannot match.</summary>
    Terms,
    /// <summary>Four-character pieces of lower(column): so does a substring test.</summary>
    Grams,
}

/// <summary>
/// A compiled expression: engine text with its type. A constant keeps its value and gets a parameter only where it is used.
/// </summary>
/// <param name="Text">Engine expression; empty for a constant.</param>
/// <param name="Nullable">May it be null? Text never is.</param>
/// <param name="Cost">What it costs to test a row, for ordering: 0 time, 1 short columns, 3 terms, 5 long text, 8 regular expressions.</param>
internal sealed record Sql(string Text, KType Type, bool Nullable, int Cost)
{
    /// <summary>Value of a constant: string, long, double, bool, string[] or long[]; null together with <see cref="IsConstant"/> is a typed null.</summary>
    public object? Value { get; init; }
    public bool IsConstant { get; init; }
    /// <summary>Set inside summarize: this text already holds an aggregate.</summary>
    public bool Aggregated { get; init; }
    /// <summary>How the store indexes it, when it is a column.</summary>
    public ColumnIndex Index { get; init; }

    /// <summary>A field without a column, read where the table lies: says which events have it, in a form that the indexes of names serve.</summary>
    public string? Present { get; init; }

    public static readonly Sql Unknown = new("NULL", KType.Unknown, Nullable: true, 0);

    public static Sql Constant(KType type, object? value) => new("", type, value is null && !type.IsText, 0) { IsConstant = true, Value = value };
    public static Sql String(string value) => Constant(KType.String, value);
    public static Sql Long(long value) => Constant(KType.Long, value);
    public static Sql Bool(bool value) => Constant(KType.Bool, value);

    /// <summary>The same value, now a column of that name.</summary>
    public Sql As(string alias) => this with { Present = null, Text = alias, IsConstant = false, Value = null, Aggregated = false, Index = ColumnIndex.None, Cost = Math.Max(Cost, 1) };

    /// <summary>Which values have a null of their own: all but text, lists and bags, whose nothing is the empty one.</summary>
    public static bool HasNull(KType type) => !(type.IsText || type.Kind is Kind.List or Kind.Bag);

    public bool IsNull => IsConstant && Value is null && !Type.IsText;
    public string? ConstantText => IsConstant && Type.IsText ? (string?)Value ?? "" : null;
}
