using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Operators;

/// <summary>Brings both sides of a join to what the engine can compare.</summary>
internal static class JoinKeys
{
    /// <summary>Engine text of both keys in one type, or null and a finding.</summary>
    public static (string Left, string Right)? Same(int at, Sql left, Sql right, Binder binder)
    {
        if (left.Type.Kind == Kind.Unknown || right.Type.Kind == Kind.Unknown) return null;
        var (a, b) = (left.Type.Kind, right.Type.Kind);
        if (a is Kind.List or Kind.Bag or Kind.Json || b is Kind.List or Kind.Bag or Kind.Json)
        {
            binder.Fault("KQL013", at, "Tables are not joined on a dynamic value.", "extend k = tostring(…), and join on k.");
            return null;
        }
        if (a == Kind.Loose && b is not Kind.Loose) (left, a) = (Cast(left, right.Type, binder), right.Type.Kind);
        else if (b == Kind.Loose && a is not Kind.Loose) (right, b) = (Cast(right, left.Type, binder), left.Type.Kind);
        if (left.Type.IsText || right.Type.IsText || a != b && (a == Kind.Ip || b == Kind.Ip))
        {
            if (!((left.Type.IsText || a == Kind.Ip) && (right.Type.IsText || b == Kind.Ip))) return Fault(at, left, right, binder);
            return ($"toString({binder.T(binder.AsText(left))})", $"toString({binder.T(binder.AsText(right))})");
        }
        if (left.Type.IsNumber && right.Type.IsNumber && a != b) (left, right) = (binder.AsReal(left), binder.AsReal(right));
        else if (a != b) return Fault(at, left, right, binder);
        return (binder.T(left), binder.T(right));
    }

    static (string, string)? Fault(int at, Sql left, Sql right, Binder binder)
    {
        binder.Fault("KQL013", at, $"A {left.Type.Name} is not joined with a {right.Type.Name}.", "Cast one side before.");
        return null;
    }

    static Sql Cast(Sql loose, KType type, Binder binder) => type.Kind switch
    {
        Kind.Long => binder.AsLong(loose),
        Kind.Real => binder.AsReal(loose),
        Kind.DateTime => binder.AsTime(loose),
        Kind.Bool => binder.AsBool(loose),
        _ => loose,
    };

    /// <summary>The same rows with every column able to be null that has a null.</summary>
    public static Shape Loosened(Shape shape, Compiler compiler) => shape.With([.. shape.Columns.Select(c => c with { Sql = Loosened(c.Sql, compiler) })]);

    static Sql Loosened(Sql sql, Compiler compiler) =>
        Sql.HasNull(sql.Type) && !sql.Nullable ? sql.As($"toNullable({compiler.Parameters.Text(sql)})") with { Nullable = true }
        : sql.Type.IsText ? sql.As($"toString({compiler.Parameters.Text(sql)})")
        : sql;
}

/// <summary><c>name=value</c> before what an operator works on; <c>hint.x=y</c> too.</summary>
internal static class Options
{
    public static List<(string Name, string Value, int At)> Parse(Parsing.Parser parser, params IReadOnlyList<string> only)
    {
        var options = new List<(string, string, int)>();
        while (parser.Peek.Kind == Parsing.TokenKind.Word && (only.Count == 0 || only.Contains(parser.Peek.Text)) && (parser.PeekAt(1).Is("=") || parser.Peek.Text == "hint" && parser.PeekAt(1).Is(".")))
        {
            var place = parser.Peek.At;
            var name = parser.Next().Text;
            while (parser.Accept(".")) name += "." + parser.Next().Text;
            if (!parser.Expect("=", "after the setting's name")) break;
            options.Add((name, parser.Next().Text, place));
        }
        return options;
    }
}
