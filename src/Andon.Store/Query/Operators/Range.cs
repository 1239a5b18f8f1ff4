using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>range x from 1 to 10 step 2</c>: a table of one column; both ends belong to it.</summary>
internal sealed record RangeSource(int At, string Name, Expr From, Expr To, Expr Step) : Source(At)
{
    public static new Source Parse(Parser parser)
    {
        var start = parser.Next().At;
        var name = parser.NameText("a column after `range`");
        var from = Part(parser, "from", name);
        var to = Part(parser, "to", name);
        return new RangeSource(start, name, from, to, Part(parser, "step", name));
    }

    static Expr Part(Parser parser, string word, string name)
    {
        if (!parser.AcceptWord(word)) parser.Fail("KQL003", parser.Peek.At, $"`{word}` is expected, not {parser.Peek.Shown}.", $"range {name} from 1 to 10 step 1");
        return parser.Panicking ? new Bad(parser.Peek.At) : parser.Expression();
    }

    public override void Print(Printer to) => to.Put("range ").Name(Name).Put(" from ").Add(From).Put(" to ").Add(To).Put(" step ").Add(Step);

    public override Shape Open(Compiler compiler)
    {
        var binder = new Binder(compiler, new Shape { From = "" });
        var (from, to, step) = (binder.Bind(From), binder.Bind(To), binder.Bind(Step));
        if (Series.Of(At, from, to, step, inclusive: true, Limits.RangeRowsMax, "RangeRowsMax", compiler) is not { } series) return Compiler.Lost();
        var number = compiler.Alias();
        return compiler.Close(new Shape
        {
            From = $"(SELECT arrayJoin(range({compiler.Parameters.Count(series.Count)})) AS {number})", Serial = true, Order = [new(number, "ASC")],
            Columns = [new(Name, new Sql(series.Item(number, compiler.Parameters), series.Type, Nullable: false, 1))],
        });
    }
}

/// <summary>Evenly spaced constants: where they begin, how far apart, how many.</summary>
internal sealed record Series(KType Type, object First, object Step, long Count)
{
    public static Series? Of(int at, Sql from, Sql to, Sql step, bool inclusive, long most, string limit, Compiler compiler)
    {
        if (from.Type.Kind == Kind.Unknown || to.Type.Kind == Kind.Unknown || step.Type.Kind == Kind.Unknown) return null;
        if (!from.IsConstant || !to.IsConstant || !step.IsConstant || from.Value is null || to.Value is null || step.Value is null)
            return Fault(at, "KQL014", "Beginning, end and step are constants.", "from ago(7d) to now() step 1d", compiler);
        double count;
        if ((from.Type.Kind, to.Type.Kind, step.Type.Kind) is (Kind.DateTime, Kind.DateTime, Kind.TimeSpan) or (Kind.TimeSpan, Kind.TimeSpan, Kind.TimeSpan) or (Kind.Long, Kind.Long, Kind.Long))
        {
            var (a, b, by) = ((long)from.Value, (long)to.Value, (long)step.Value);
            if (by == 0) return Fault(at, "KQL013", "The step is more than nothing.", "step 1", compiler);
            var span = (decimal)b - a;
            count = (double)(inclusive ? Math.Floor(span / by) + 1 : Math.Ceiling(span / by));
        }
        else if (from.Type.IsNumber && to.Type.IsNumber && step.Type.IsNumber)
        {
            var (a, b, by) = (Real(from), Real(to), Real(step));
            if (by == 0) return Fault(at, "KQL013", "The step is more than nothing.", "step 1", compiler);
            count = inclusive ? Math.Floor((b - a) / by) + 1 : Math.Ceiling((b - a) / by);
        }
        else return Fault(at, "KQL013", $"From a {from.Type.Name} to a {to.Type.Name} there are no steps of a {step.Type.Name}.", "Times go by spans, numbers by numbers.", compiler);
        if (!(count <= most)) return Fault(at, "KQL006", $"More than {most} steps ({limit}).", "Make the step larger.", compiler);
        return from.Type.Kind == Kind.Long && (to.Type.Kind, step.Type.Kind) is (Kind.Long, Kind.Long) || !from.Type.IsNumber
            ? new(from.Type, from.Value, step.Value, Math.Max(0, (long)count))
            : new(KType.Real, Real(from), Real(step), Math.Max(0, (long)count));
    }

    static double Real(Sql sql) => Convert.ToDouble(sql.Value, System.Globalization.CultureInfo.InvariantCulture);

    static Series? Fault(int at, string code, string message, string hint, Compiler compiler)
    {
        compiler.Faults.Add(code, at, message, hint);
        return null;
    }

    /// <summary>Engine text of the item of that number.</summary>
    public string Item(string number, Parameters parameters) => Type.Kind switch
    {
        Kind.Real => $"({parameters.Real((double)First)} + toFloat64({number}) * {parameters.Real((double)Step)})",
        Kind.DateTime => SqlText.Instant(Whole(number, parameters)),
        _ => Whole(number, parameters),
    };

    /// <summary>The same without its type: milliseconds, or the number.</summary>
    public string Whole(string number, Parameters parameters) => $"({parameters.Long((long)First)} + toInt64({number}) * {parameters.Long((long)Step)})";
}
