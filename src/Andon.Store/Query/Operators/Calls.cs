using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Operators;

/// <summary>Functions of one's own: arguments are bound where the call stands, the body where the function was written.</summary>
internal static class Calls
{
    /// <summary>A call that stands for a table.</summary>
    public static Shape Open(Call call, Compiler compiler)
    {
        if (call is { Function: "table", Arguments: [Literal { Value: string table }] }) return compiler.Open(call.At, table);
        if (call is { Function: "view" or "materialize", Arguments: [var inner] }) return compiler.Open(call.At, call.Function, inner);
        if (compiler.Find(call.Function) is not { Let: LetFunction function } bound)
        {
            compiler.Faults.Add("KQL031", call.At, $"`{call.Function}(…)` as a table is not offered.", $"Tables are {string.Join(", ", Tables.All.Keys.Order(StringComparer.Ordinal))}.");
            return Compiler.Lost();
        }
        return Table(call.At, function, bound.In, call.Arguments, compiler);
    }

    public static Shape Table(int at, LetFunction function, Names definedIn, IReadOnlyList<Expr> arguments, Compiler compiler) =>
        Arguments(at, function, arguments, new Binder(compiler, new Shape { From = "" }), compiler) is not { } bound ? Compiler.Lost()
        : compiler.Inside(at, function, compiler.Body(function, definedIn, bound), () => compiler.Open(at, function.Name, function.Body)) ?? Compiler.Lost();

    /// <summary>A call that stands for a value; its arguments may be columns of the caller.</summary>
    public static Sql Value(Call call, LetFunction function, Names definedIn, Binder caller) =>
        Arguments(call.At, function, call.Arguments, caller, caller.Compiler) is not { } bound ? Sql.Unknown
        : caller.Compiler.Inside(call.At, function, caller.Compiler.Body(function, definedIn, bound), () => caller.Without().Bind(function.Body)) ?? Sql.Unknown;

    static List<Bound>? Arguments(int at, LetFunction function, IReadOnlyList<Expr> given, Binder caller, Compiler compiler)
    {
        var values = new Expr?[function.Parameters.Count];
        var place = 0;
        foreach (var argument in given)
        {
            var i = argument is Named named ? function.Parameters.ToList().FindIndex(p => p.Name == named.Name) : place++;
            if (i < 0 || i >= values.Length || values[i] is not null)
            {
                compiler.Faults.Add("KQL012", argument.At, $"`{function.Name}` takes {function.Parameters.Count} arguments; this one has no place.", Signature(function));
                return null;
            }
            values[i] = argument is Named n ? n.Value : argument;
        }
        var bound = new List<Bound>();
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = function.Parameters[i];
            if ((values[i] ?? parameter.Default) is not { } value)
            {
                compiler.Faults.Add("KQL012", at, $"`{function.Name}` has no value for `{parameter.Name}`.", Signature(function));
                return null;
            }
            if (parameter.Columns is null)
            {
                var sql = Cast(value.At, caller.Bind(value), parameter, caller);
                if (sql.Type.Kind == Kind.Unknown) return null;
                bound.Add(compiler.Here(new LetBound(value.At, parameter.Name, sql)));
            }
            else if (TableOf(value) is { } table) bound.Add(compiler.Here(new LetTable(value.At, parameter.Name, Checked(table, parameter))));
            else
            {
                compiler.Faults.Add("KQL013", value.At, $"`{parameter.Name}` is a table, this is a value.", Signature(function));
                return null;
            }
        }
        return bound;
    }

    static Pipeline? TableOf(Expr value) => value switch
    {
        Subquery q => q.Table,
        Name n => new(new TableSource(n.At, n.Text), []),
        Call c => new(new CallSource(c.At, c), []),
        _ => null,
    };

    /// <summary>Without <c>*</c> the function sees the declared columns only.</summary>
    static Pipeline Checked(Pipeline table, Parameter parameter) => parameter.Columns is { Others: false, Columns: { Count: > 0 } columns }
        ? new(new InnerSource(parameter.At, table), [new Project(parameter.At, [.. columns.Select(c => new Item(c.Name, new Name(parameter.At, c.Name)))])])
        : table;

    static Sql Cast(int at, Sql value, Parameter parameter, Binder binder)
    {
        var (type, from) = (parameter.Type.Kind, value.Type.Kind);
        if (from == Kind.Unknown && value.IsConstant) return Sql.Constant(parameter.Type, parameter.Type.IsText ? "" : null);
        if (from == Kind.Unknown || type == from || type == Kind.Json) return value;
        return (type, from) switch
        {
            (Kind.String, _) when value.Type.IsText || from == Kind.Ip => binder.AsText(value),
            (Kind.Real, Kind.Long or Kind.Loose or Kind.Json) => binder.AsReal(value),
            (Kind.Long, Kind.Loose or Kind.Json) => binder.AsLong(value),
            (Kind.Bool, Kind.Loose or Kind.Json) => binder.AsBool(value),
            (Kind.DateTime, Kind.Loose or Kind.Json) => binder.AsTime(value),
            _ => binder.Fault("KQL013", at, $"`{parameter.Name}` is a {parameter.Type.Name}, this is a {value.Type.Name}.", "Cast it."),
        };
    }

    static string Signature(LetFunction function) => $"{function.Name}({string.Join(", ", function.Parameters.Select(p => p.Columns is null ? $"{p.Name}:{p.Type.Name}" : $"{p.Name}:(…)"))})";
}
