using Andon.Store.Query.Operators;

namespace Andon.Store.Query.Ast;

/// <summary>A whole query: its lets and its one body.</summary>
internal sealed record Statement(IReadOnlyList<Let> Lets, Pipeline Body)
{
    public override string ToString()
    {
        var to = new Printer();
        foreach (var let in Lets)
        {
            to.Put("let ").Name(let.Name).Put(" = ");
            let.PrintValue(to);
            to.Put(";\n");
        }
        Body.Print(to);
        return to.ToString();
    }
}

internal abstract record Let(int At, string Name)
{
    public abstract void PrintValue(Printer to);
}

internal sealed record LetValue(int At, string Name, Expr Value) : Let(At, Name)
{
    public override void PrintValue(Printer to) => to.Add(Value);
}

internal sealed record LetTable(int At, string Name, Pipeline Table) : Let(At, Name)
{
    public override void PrintValue(Printer to) => Table.Print(to);
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
