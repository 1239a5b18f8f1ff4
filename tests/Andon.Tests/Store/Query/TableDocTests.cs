using System.Text;
using Andon.Store.Query.Compilation;

namespace Andon.Tests.Store.Query;

/// <summary>The page of the tables is printed from the code, so that it cannot part from it.</summary>
public sealed class TableDocTests
{
    [Fact]
    public void The_list_of_tables_is_printed_from_the_code()
    {
        var text = new StringBuilder("# Tables that can be searched\n\nPrinted from the code by `tests/Andon.Tests/Store/Query/TableDocTests.cs` (UPDATE=1). The families of events (Authentication, Process, Network, Dns, Http) have the columns of Events, which are the fields of the catalogue.\n");
        foreach (var table in Tables.All.Values.Where(t => !t.HasBag).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            text.Append($"\n## {table.Name}\n{table.Meaning}{(table.Now ? " A range of time does not bound it." : "")}\n\n| column | type | meaning |\n|---|---|---|\n");
            foreach (var column in table.Columns) text.Append($"| `{column.Name}` | {column.Type.Name} | {column.Meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "TABLES.md");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllText(path, text.ToString());
        Assert.True(File.Exists(path) && File.ReadAllText(path) == text.ToString(), "docs/TABLES.md no longer tells the truth: run the tests once with UPDATE=1.");
    }
}
