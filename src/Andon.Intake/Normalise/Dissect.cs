using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// One line pattern: literals and fields. Forward from the left; after a field marked greedy, backward from the right, so that a value that
/// a client may choose (a user name with " from 10.0.0.1 port 22 ssh2" in it) cannot pose as the fields behind it.
/// </summary>
sealed class Dissect
{
    enum Type { Text, Number, Address, Skip }

    readonly record struct Field(FieldId Id, FieldId Domain, Type Type);

    public const int FieldsMax = 16;

    // literal[0] field[0] literal[1] field[1] … literal[n]
    readonly List<byte[]> literals = [];
    readonly List<Field> fields = [];
    readonly int greedy = int.MaxValue;

    Dissect(string line, List<string> problems)
    {
        var at = 0;
        while (true)
        {
            var open = line.IndexOf("%{", at, StringComparison.Ordinal);
            literals.Add(Encoding.UTF8.GetBytes(open < 0 ? line[at..] : line[at..open]));
            if (open < 0) break;
            var close = line.IndexOf('}', open);
            if (close < 0)
            {
                problems.Add("A field is not closed.");
                break;
            }
            var name = line[(open + 2)..close];
            if (name.StartsWith('>'))
            {
                if (greedy != int.MaxValue) problems.Add("Only one field may be greedy.");
                greedy = fields.Count;
                name = name[1..];
            }
            var type = name.Length == 0 ? Type.Skip : name.EndsWith(":n", StringComparison.Ordinal) ? Type.Number : name.EndsWith(":a", StringComparison.Ordinal) ? Type.Address : Type.Text;
            if (type is Type.Number or Type.Address) name = name[..^2];
            if (literals.Count > 1 && literals[^1].Length == 0) problems.Add("Two fields need text between them.");
            var id = type == Type.Skip ? default : FieldNames.Intern(name);
            fields.Add(new(id, type == Type.Address && name.EndsWith(".ip", StringComparison.Ordinal) ? FieldNames.Intern(name[..^2] + "domain") : id, type));
            at = close + 1;
        }
        if (fields.Count > FieldsMax) problems.Add($"More than {FieldsMax} fields.");
    }

    public static Dissect Compile(string line, List<string> problems) => new(line, problems);

    /// <summary>Fills the event when the line has this form; otherwise touches nothing.</summary>
    public bool TryApply(Text text, EventDraft draft)
    {
        Span<(int At, int Length)> found = stackalloc (int, int)[FieldsMax];
        if (!Match(text.Span, found)) return false;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            var (at, length) = found[i];
            if (field.Type == Type.Skip || length == 0) continue;
            if (field.Type == Type.Address && field.Id != field.Domain) draft.Address(field.Id, field.Domain, text.At + at, length);
            else draft.AddAt(field.Id, text.At + at, length, field.Type == Type.Number ? ValueKind.Number : ValueKind.Text);
        }
        return true;
    }

    bool Match(ReadOnlySpan<byte> line, Span<(int At, int Length)> found)
    {
        if (!line.StartsWith(literals[0])) return false;
        var from = literals[0].Length;
        var i = 0;
        for (; i < fields.Count && i != greedy; i++)
        {
            var literal = literals[i + 1];
            var last = i == fields.Count - 1;
            int length;
            if (last)
            {
                // The last field reaches to the end, less the last literal.
                length = line.Length - from - literal.Length;
                if (length < 0 || !line.EndsWith(literal)) return false;
            }
            else
            {
                length = line[from..].IndexOf(literal);
                if (length < 0) return false;
            }
            if (!Fits(fields[i].Type, line.Slice(from, length))) return false;
            found[i] = (from, length);
            from += length + literal.Length;
        }
        if (i == fields.Count) return fields.Count > 0 || from == line.Length;

        var end = line.Length;
        for (var j = fields.Count - 1; j >= i; j--)
        {
            var literal = literals[j + 1];
            if (end - literal.Length < from || !line[from..end].EndsWith(literal)) return false;
            end -= literal.Length;
            var start = from;
            if (j > i)
            {
                var before = line[from..end].LastIndexOf(literals[j]);
                if (before < 0) return false;
                start = from + before + literals[j].Length;
            }
            if (!Fits(fields[j].Type, line[start..end])) return false;
            found[j] = (start, end - start);
            end = start;
        }
        return true;
    }

    static bool Fits(Type type, ReadOnlySpan<byte> value) => type switch
    {
        Type.Number => value.Length is > 0 and <= 19 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0,
        Type.Address => value.IndexOf((byte)' ') < 0,
        _ => true,
    };
}
