using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// The text that Windows writes for people under an event of the Security log: sections ("New Logon:") with a label and a value a line. Senders
/// that give nothing else (Snare, Fluent Bit, WinCollect) are read by it; some of them turn lines and tabs into blanks, and then two blanks part the pieces.
/// English only: which labels there are stands in windows.yml.
/// </summary>
sealed class WindowsLabels
{
    readonly Dictionary<byte[], Dictionary<byte[], FieldId>> sections = new(Utf8Names.Instance);
    readonly HashSet<byte[]> labels = new(Utf8Names.Instance);
    readonly Dictionary<byte[], FieldId> anywhere = new(Utf8Names.Instance);

    /// <summary>Every field that a text may give.</summary>
    public IEnumerable<FieldId> Fields => sections.Values.Append(anywhere).SelectMany(names => names.Values);

    public void Add(string section, string label, FieldId field)
    {
        var name = System.Text.Encoding.UTF8.GetBytes(label);
        labels.Add(name);
        if (section == "*")
        {
            anywhere[name] = field;
            return;
        }
        foreach (var one in section.Split('|'))
        {
            var key = System.Text.Encoding.UTF8.GetBytes(one);
            if (!sections.TryGetValue(key, out var names)) sections[key] = names = new(Utf8Names.Instance);
            names[name] = field;
        }
    }

    /// <summary>Where the reading of a text stands: its pieces one after another, and the section they are in.</summary>
    ref struct Walk(ReadOnlySpan<byte> text)
    {
        readonly ReadOnlySpan<byte> text = text;
        readonly bool lines = text.IndexOf((byte)'\n') >= 0;
        int next;
        public Dictionary<byte[], FieldId>? Section;
        public (int At, int Length) Piece;

        public bool Move()
        {
            while (next < text.Length && text[next] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') next++;
            if (next == text.Length) return false;
            var from = next;
            while (next < text.Length && text[next] is not ((byte)'\t' or (byte)'\r' or (byte)'\n') && (lines || text[next] != ' ' || next + 1 == text.Length || text[next + 1] != ' ')) next++;
            Piece = (from, text[from..next].TrimEnd((byte)' ').Length);
            return true;
        }

        public readonly ReadOnlySpan<byte> Now => text.Slice(Piece.At, Piece.Length);
    }

    /// <summary>Calls for each field of which the text tells a value; places count from the text's begin.</summary>
    public void Read(ReadOnlySpan<byte> text, scoped Span<(FieldId Field, int At, int Length)> found, out int count)
    {
        count = 0;
        var walk = new Walk(text);
        var more = walk.Move();
        while (more && count < found.Length)
        {
            var piece = walk.Now;
            var colon = piece.IndexOf((byte)':');
            var name = colon < 0 ? piece : piece[..colon];
            if (colon < 0 || !Names(name, walk.Section, out var section, out var field))
            {
                more = walk.Move();
                continue;
            }
            if (section is not null)
            {
                walk.Section = section;
                more = walk.Move();
                continue;
            }
            // The value stands behind the colon, or is the next piece unless that is a label again.
            var value = (At: walk.Piece.At + colon + 1, Length: piece.Length - colon - 1);
            while (value.Length > 0 && text[value.At] == ' ') value = (value.At + 1, value.Length - 1);
            more = walk.Move();
            if (value.Length == 0 && more && !IsName(walk.Now, walk.Section))
            {
                value = walk.Piece;
                more = walk.Move();
            }
            if (value.Length == 0 || field is not { } known || text.Slice(value.At, value.Length) is [(byte)'-']) continue;
            found[count++] = (known, value.At, value.Length);
        }
    }

    bool IsName(ReadOnlySpan<byte> piece, Dictionary<byte[], FieldId>? section)
    {
        var colon = piece.IndexOf((byte)':');
        return colon > 0 && Names(piece[..colon], section, out _, out _);
    }

    bool Names(ReadOnlySpan<byte> name, Dictionary<byte[], FieldId>? current, out Dictionary<byte[], FieldId>? section, out FieldId? field)
    {
        field = null;
        if (sections.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out section)) return true;
        if (!labels.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(name)) return false;
        if (current is not null && current.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var own)) field = own;
        else if (anywhere.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var any)) field = any;
        return true;
    }
}
