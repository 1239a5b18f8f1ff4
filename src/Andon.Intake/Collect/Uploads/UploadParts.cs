using System.Buffers;
using Andon.Intake.Normalise;

namespace Andon.Intake.Collect.Uploads;

/// <summary>
/// Objects of files that are lists of them under one name, <c>{"Records":[…]}</c> (CloudTrail, Azure's storage accounts), in flat memory, however long the
/// one line is; also several such lists one after another. What lies between the lists is passed over.
/// </summary>
static class UploadParts
{
    public static bool Begins(ReadOnlySpan<byte> head) => Bundle.Alone(head) && head.IndexOf((byte)'{') is >= 0 and var open && (head.IndexOf((byte)'[') is var list && (list < 0 || list > open));

    public static IEnumerable<UploadRecord> Read(Stream file, int objectBytesMax)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(64 << 10);
        var one = new ArrayBufferWriter<byte>();
        try
        {
            int depth = 0, length = 0; // Of open objects and lists in the list; bytes of the object, also beyond the limit.
            bool inList = false, inText = false, escaped = false;
            for (int read; (read = file.Read(chunk)) > 0;)
                for (var i = 0; i < read; i++)
                {
                    var b = chunk[i];
                    if (depth == 0 && !inText)
                    {
                        if (inList && b == '{') (depth, length) = (1, 0);
                        else if (b == '[') inList = true;
                        else if (b == ']') inList = false;
                        else if (b == '"') inText = true;
                    }
                    else if (escaped) escaped = false;
                    else if (inText && b == '\\') escaped = true;
                    else if (b == '"') inText = !inText;
                    else if (!inText && b is (byte)'{' or (byte)'[') depth++;
                    else if (!inText && b is (byte)'}' or (byte)']') depth--;
                    else if (!inText && depth == 0) continue;
                    if (depth == 0 && length == 0) continue;
                    if (length++ < objectBytesMax)
                    {
                        one.GetSpan(1)[0] = b;
                        one.Advance(1);
                    }
                    if (depth > 0) continue;
                    yield return new(one.WrittenSpan.ToArray(), length > objectBytesMax);
                    one.ResetWrittenCount();
                    length = 0;
                }
            // The file ends inside an object.
            if (length > 0) yield return new(one.WrittenSpan.ToArray(), length > objectBytesMax);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
