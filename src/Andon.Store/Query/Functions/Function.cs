using System.Collections.Frozen;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>One call being compiled: its bound arguments, and casts that write the finding themselves.</summary>
internal sealed record Asked(Binder Binder, Call Call, Sql[] Of)
{
    public int Count => Of.Length;
    public int At(int i) => Call.Arguments[i].At;
    public string T(int i) => Binder.T(Of[i]);
    public string T(Sql sql) => Binder.T(sql);

    public Sql Text(int i) => Binder.WantText(At(i), Of[i], Call.Function);
    public string TextT(int i) => T(Text(i));
    public Sql Number(int i) => Binder.WantNumber(At(i), Of[i], Call.Function);
    public Sql Long(int i) => Binder.WantLong(At(i), Of[i], Call.Function);
    public Sql Time(int i) => Binder.WantTime(At(i), Of[i], Call.Function);

    public Sql Fault(int i, string message, string hint) => Binder.Fault("KQL013", At(i), message, hint);

    public string? ConstantText(int i, string what)
    {
        if (Of[i].ConstantText is { } text) return text;
        Binder.Fault("KQL014", At(i), $"{what} of `{Call.Function}` is a constant string.", "Write it in quotes.");
        return null;
    }

    public long? ConstantLong(int i, string what)
    {
        // Times and spans are kept as whole numbers, too, and are none.
        if (Of[i] is { IsConstant: true, Type.Kind: Kind.Long, Value: long number }) return number;
        Binder.Fault("KQL014", At(i), $"{what} of `{Call.Function}` is a constant number.", "Write the number itself.");
        return null;
    }

    public static Sql Make(string text, KType type, bool nullable = false, int cost = 1) => new(text, type, nullable, cost);
    public static Sql MakeText(string text, int cost = 1) => new(text, KType.String, false, cost);
    public static Sql MakeLong(string text, bool nullable = false, int cost = 1) => new($"toInt64({text})", KType.Long, nullable, cost);
    public static Sql MakeBool(string text, bool nullable = false, int cost = 1) => new($"({text})", KType.Bool, nullable, cost);
}

/// <summary>A scalar function: one row of the table that the editor's help is made of.</summary>
internal sealed record Function(string Name, int Min, int Max, string Signature, string Meaning, Func<Asked, Sql> Build);

internal static class FunctionTable
{
    public const int Any = int.MaxValue;

    public static readonly FrozenDictionary<string, Function> All =
        Conversions.All.Concat(StringFunctions.All).Concat(TimeFunctions.All).Concat(LogicFunctions.All).Concat(NumberFunctions.All).Concat(DynamicFunctions.All)
            .Concat(ListFunctions.All).Concat(AddressFunctions.All).Concat(AddressForms.All).Concat(ParsingFunctions.All)
            .ToFrozenDictionary(f => f.Name);
}
