using System.Globalization;
using System.Text.Json;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>datatable(a:string, b:long)['x', 1, 'y', 2]</c>: a table written out. Values are constants of the columns' types; rows keep their order.</summary>
internal sealed record Datatable(int At, Schema Schema, IReadOnlyList<Expr> Values) : Source(At)
{
    public static new Source Parse(Parser parser)
    {
        var start = parser.Next().At;
        var schema = parser.Columns();
        var values = new List<Expr>();
        parser.Expect("[", "before the values");
        while (!parser.Panicking && !parser.Peek.Is("]"))
        {
            if (values.Count >= Limits.DatatableCellsMax) parser.Fail("KQL006", parser.Peek.At, $"More than {Limits.DatatableCellsMax} values in a datatable (DatatableCellsMax).", "Ingest them instead.");
            values.Add(parser.Expression());
            if (!parser.Accept(",")) break;
        }
        parser.Expect("]", "after the values");
        if (!parser.Panicking && schema.Columns.Count > 0 && values.Count % schema.Columns.Count != 0)
            parser.Refuse("KQL082", start, $"{values.Count} values do not fill rows of {schema.Columns.Count} columns.", "Write a value for each column of each row.");
        return new Datatable(start, schema, values);
    }

    public override void Print(Printer to)
    {
        to.Put("datatable");
        Schema.Print(to);
        to.Put("[").List(Values).Put("]");
    }

    public override Shape Open(Compiler compiler)
    {
        var width = Schema.Columns.Count;
        if (width == 0 || Values.Count % width != 0) return Compiler.Lost();
        var binder = new Binder(compiler, new Shape { From = "" });
        var cells = new List<string?>[width];
        for (var i = 0; i < width; i++) cells[i] = [];
        var lost = false;
        for (var i = 0; i < Values.Count; i++)
        {
            var (name, type) = Schema.Columns[i % width];
            var bound = binder.Bind(Values[i]);
            if (bound.Type.Kind == Kind.Unknown && !bound.IsConstant) lost = true;
            else if (bound.IsConstant && TryText(bound, type, out var text)) cells[i % width].Add(text);
            else
            {
                lost = true;
                compiler.Faults.Add("KQL082", Values[i].At, bound.IsConstant ? $"`{name}` is a {type.Name}, this is a {bound.Type.Name}." : "The values of a datatable are constants.", "Write the value itself.");
            }
        }
        return lost ? Compiler.Lost() : Rows([.. Schema.Columns.Select((c, i) => (c.Name, c.Type, (IReadOnlyList<string?>)cells[i]))], compiler);
    }

    /// <summary>A table of constants, as arrays that are parameters.</summary>
    public static Shape Rows(IReadOnlyList<(string Name, KType Type, IReadOnlyList<string?> Cells)> columns, Compiler compiler)
    {
        var arrays = new List<string>();
        var joined = new List<string>();
        var made = new List<Column>();
        foreach (var (name, type, cells) in columns)
        {
            var (array, cell) = (compiler.Alias(), compiler.Alias());
            var items = string.Join(',', cells.Select(c => c is null ? "NULL" : type.IsText ? $"'{c.Replace("'", "''", StringComparison.Ordinal)}'" : c));
            arrays.Add($"{compiler.Parameters.Put(type.IsText ? "Array(String)" : type.Kind == Kind.Real ? "Array(Nullable(Float64))" : "Array(Nullable(Int64))", $"[{items}]")} AS {array}");
            joined.Add($"{array} AS {cell}");
            var text = type.Kind switch { Kind.Bool => $"CAST({cell} AS Nullable(Bool))", Kind.DateTime => $"if(isNull({cell}), NULL, {SqlText.Instant(cell)})", _ => cell };
            made.Add(new(name, new Sql(text, type, Nullable: Sql.HasNull(type), 1)));
        }
        var (numbers, number) = (compiler.Alias(), compiler.Alias());
        arrays.Add($"range({compiler.Parameters.Count(columns[0].Cells.Count)}) AS {numbers}");
        joined.Add($"{numbers} AS {number}");
        var shape = new Shape { From = $"(SELECT {string.Join(", ", arrays)}) ARRAY JOIN {string.Join(", ", joined)}", Columns = made, Serial = true, Order = [new(number, "ASC")] };
        return compiler.Close(shape);
    }

    static bool TryText(Sql value, KType type, out string? text)
    {
        text = null;
        if (type.IsText)
        {
            text = value.Value switch
            {
                string s when type.Kind == Kind.Json && value.Type.Kind == Kind.String => s.Length == 0 ? "" : JsonSerializer.Serialize(s),
                string s => s,
                string[] or long[] => JsonSerializer.Serialize(value.Value),
                null => "",
                bool b => b ? "true" : "false",
                IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
                _ => null,
            };
            return text is not null && (type.Kind == Kind.Json || value.Type.IsText || value.Value is null);
        }
        if (value.Value is null) return true;
        text = (type.Kind, value.Value) switch
        {
            (Kind.Long, long n) when value.Type.Kind == Kind.Long => n.ToString(CultureInfo.InvariantCulture),
            (Kind.Real, long n) when value.Type.Kind == Kind.Long => n.ToString(CultureInfo.InvariantCulture),
            (Kind.Real, double d) => double.IsNaN(d) ? "nan" : double.IsInfinity(d) ? d > 0 ? "inf" : "-inf" : d.ToString("R", CultureInfo.InvariantCulture),
            (Kind.Bool, bool b) => b ? "1" : "0",
            (Kind.DateTime or Kind.TimeSpan, long ms) when value.Type.Kind == type.Kind => ms.ToString(CultureInfo.InvariantCulture),
            // In a table written out, '2026-03-02' in a datetime column is that day.
            (Kind.DateTime, string s) when Spans.ReadInstant(s) is { } ms => ms.ToString(CultureInfo.InvariantCulture),
            (Kind.Long, string s) when long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) => n.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        return text is not null;
    }
}
