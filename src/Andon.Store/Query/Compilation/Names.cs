using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>A name with what it stands for, and the names that were known where it was written.</summary>
internal sealed record Bound(Let Let, Names In);

/// <summary>An argument of a function of one's own, already bound where it was called.</summary>
internal sealed record LetBound(int At, string Name, Sql Value) : Let(At, Name)
{
    public override void PrintValue(Printer to) => to.Put("null");
}

/// <summary>The names a place of the query knows: its own, then those around it.</summary>
internal sealed class Names(Names? outer)
{
    readonly Dictionary<string, Bound> own = [];

    public bool Add(Let let) => own.TryAdd(let.Name, new(let, this));

    public void Add(Bound bound) => own[bound.Let.Name] = bound;

    public Bound? Find(string name) => own.TryGetValue(name, out var found) ? found : outer?.Find(name);

    public IEnumerable<string> All => outer is null ? own.Keys : own.Keys.Concat(outer.All);
}
