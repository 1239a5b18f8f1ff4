using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// <c>evaluate pivot(column, aggregate, keys …)</c> and <c>evaluate bag_unpack(bag)</c>, with or without <c>: (a:string, …)</c>. Without that
/// schema the columns are those that the data has: a first query asks for them, up to <see cref="Limits.FoundColumnsMax"/>, in the order of
/// their names; with it there is no first query. Other plug-ins are refused by name.
/// </summary>
internal sealed record Evaluate(int At, Call Call, Schema? Schema) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        Options.Parse(parser);
        var place = parser.Peek.At;
        if (parser.Peek.Kind != TokenKind.Word || !parser.PeekAt(1).Is("("))
        {
            parser.Fail("KQL003", place, $"A plug-in is expected after `evaluate`, not {parser.Peek.Shown}.", "evaluate pivot(column), evaluate bag_unpack(bag)");
            return new BadOperator(at);
        }
        var plugin = parser.Peek.Text;
        if (parser.Call() is not Call call) return new BadOperator(at);
        var schema = !parser.Panicking && parser.Accept(":") ? parser.Columns(others: true) : null;
        if (plugin is "pivot" or "bag_unpack") return new Evaluate(at, call, schema);
        parser.Refuse("KQL030", place, $"The plug-in `{plugin}` is known, but not offered.", plugin switch
        {
            "narrow" => "Use pack_all() and mv-expand.",
            "autocluster" or "basket" or "diffpatterns" => "Use summarize count() by the columns in question.",
            "python" or "r" or "http_request" or "http_request_post" or "sql_request" or "mysql_request" or "postgresql_request" or "cosmosdb_sql_request" => "A search runs no programs and reads nothing from the network.",
            "ipv4_lookup" or "ipv6_lookup" => "Use ipv4_is_in_range() in a where after a join on a constant.",
            _ => "pivot and bag_unpack are.",
        });
        return new BadOperator(at);
    }

    public override void Print(Printer to)
    {
        to.Put("evaluate ").Add(Call);
        if (Schema is null) return;
        to.Put(" : ");
        Schema.Print(to);
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        if (!Alone(input, At, $"evaluate {Call.Function}", compiler) || input.Lost) return Compiler.Lost();
        var shape = Free(input, compiler);
        return Call.Function == "pivot" ? Pivot.Apply(Call, Schema, shape, compiler) : BagUnpack.Apply(Call, Schema, shape, compiler);
    }

    /// <summary>Different texts of a column of a shape, asked of the data; null while they are not known.</summary>
    public static IReadOnlyList<string>? Found(string each, string from, string where, Call call, Compiler compiler)
    {
        var alias = compiler.Alias();
        var names = compiler.Questions.Ask($"SELECT DISTINCT {each} AS {alias} FROM {from}{where} LIMIT {compiler.Parameters.Count(Limits.FoundColumnsMax + 1)}", compiler.Parameters);
        if (names is null || names.Count <= Limits.FoundColumnsMax) return names;
        compiler.Faults.Add("KQL006", call.At, $"`{call.Function}` finds more than {Limits.FoundColumnsMax} columns (FoundColumnsMax).", "Filter first, or name the columns: … : (a:string, b:long).");
        return null;
    }
}
