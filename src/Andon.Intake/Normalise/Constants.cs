using System.Text;

namespace Andon.Intake.Normalise;

/// <summary>A text that parsers write again and again; it is copied into a batch once.</summary>
readonly record struct Const(int Id);

/// <summary>The constant texts of one normaliser: datasets, parser names, categories, findings.</summary>
sealed class Constants
{
    readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    readonly List<byte[]> texts = [];

    public Constants()
    {
        foreach (var text in Flaws.Texts) Get(text); // So that a flaw's number is its constant's.
    }

    public int Count => texts.Count;
    public string Text(Const constant) => Encoding.UTF8.GetString(texts[constant.Id]);
    public ReadOnlySpan<byte> Utf8(Const constant) => texts[constant.Id];

    public Const Get(string text)
    {
        if (!ids.TryGetValue(text, out var id))
        {
            ids[text] = id = texts.Count;
            texts.Add(Encoding.UTF8.GetBytes(text));
        }
        return new(id);
    }
}
