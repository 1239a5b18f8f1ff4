namespace Andon.Intake.Collect.Uploads;

/// <summary>How much may come out of one upload, over all its files.</summary>
sealed class UnpackedBudget(long bytesMax)
{
    long taken;

    /// <exception cref="UploadBombException">No more may come out.</exception>
    public void Take(int bytes)
    {
        taken += bytes;
        if (taken > bytesMax) throw new UploadBombException($"More than {bytesMax} bytes come out of it.");
    }
}

/// <summary>What is packed grows beyond what is taken: read no further.</summary>
sealed class UploadBombException(string message) : IOException(message);

/// <summary>What comes out of a packed file, counted: a small file may not become a huge one.</summary>
sealed class UnpackedStream(Stream inner, long packedBytes, UnpackedBudget budget) : ForwardStream
{
    long came;

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        came += read;
        budget.Take(read);
        if (came > Limits.UploadRatioFromBytes && came / Limits.UploadRatioMax > packedBytes) throw new UploadBombException($"More than {Limits.UploadRatioMax} bytes come out for each that is packed.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The bytes looked at to tell what a file is, and then the rest of it.</summary>
sealed class PeekedStream(byte[] head, Stream rest) : ForwardStream
{
    int at;

    public override int Read(Span<byte> buffer)
    {
        if (at == head.Length) return rest.Read(buffer);
        var now = Math.Min(buffer.Length, head.Length - at);
        head.AsSpan(at, now).CopyTo(buffer);
        at += now;
        return now;
    }
}
