using Andon.Store.Query.Operators;

namespace Andon.Store.Query.Ast;

/// <summary>A whole query: its lets and its one body.</summary>
internal sealed record Statement(IReadOnlyList<Let> Lets, Pipeline Body)
{
    public override string ToString()
    {
        var to = new Printer();
        foreach (var let in Lets) let.Print(to, ";\n");
        Body.Print(to);
        return to.ToString();
    }
}

internal abstract record Let(int At, string Name)
{
    public abstract void PrintValue(Printer to);

    public void Print(Printer to, string end)
    {
        to.Put("let ").Name(Name).Put(" = ");
        PrintValue(to);
        to.Put(end);
    }
}

internal sealed record LetValue(int At, string Name, Expr Value) : Let(At, Name)
{
    public override void PrintValue(Printer to) => to.Add(Value);
}

internal sealed record LetTable(int At, string Name, Pipeline Table) : Let(At, Name)
{
    public override void PrintValue(Printer to) => Table.Print(to);
}

/// <summary>A parameter of a function: a value with its type, or a table with its columns.</summary>
/// <param name="Columns">Null for a value.</param>
internal sealed record Parameter(int At, string Name, KType Type, Expr? Default, Schema? Columns)
{
    public void Print(Printer to)
    {
        to.Name(Name).Put(":");
        if (Columns is not null) Columns.Print(to);
        else to.Put(Type.Name);
        if (Default is not null) to.Put(" = ").Add(Default);
    }
}

/// <summary>A function of one's own: its body is put in where it is called.</summary>
/// <param name="Body">A query, or an expression that is a value or names a table.</param>
internal sealed record LetFunction(int At, string Name, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Let> Lets, Expr Body) : Let(At, Name)
{
    public override void PrintValue(Printer to)
    {
        to.Put("(");
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (i > 0) to.Put(", ");
            Parameters[i].Print(to);
        }
        to.Put(") { ");
        foreach (var let in Lets) let.Print(to, "; ");
        to.Add(Body).Put(" }");
    }
}

/// <summary>Columns with their types, as they are declared; <c>*</c> stands for all others.</summary>
internal sealed record Schema(bool Others, IReadOnlyList<(string Name, KType Type)> Columns)
{
    public void Print(Printer to)
    {
        to.Put(Others ? "(*" : "(");
        for (var i = 0; i < Columns.Count; i++) to.Put(i > 0 || Others ? ", " : "").Name(Columns[i].Name).Put(":").Put(Columns[i].Type.Name);
        to.Put(")");
    }
}

/// <summary>A let that could not be read or is not offered; its finding is written, its name is known.</summary>
internal sealed record LetBad(int At, string Name) : Let(At, Name)
{
    public override void PrintValue(Printer to) => to.Put("null");
}

/// <summary>A source of rows and what is done to them, in order.</summary>
internal sealed record Pipeline(Source Source, IReadOnlyList<Operator> Operators)
{
    public void Print(Printer to)
    {
        Source.Print(to);
        foreach (var step in Operators)
        {
            to.Put(" | ");
            step.Print(to);
        }
    }

    public override string ToString()
    {
        var to = new Printer();
        Print(to);
        return to.ToString();
    }
}
