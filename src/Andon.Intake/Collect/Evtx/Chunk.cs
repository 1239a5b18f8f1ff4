using System.Buffers.Binary;

namespace Andon.Intake.Collect.Evtx;

/// <summary>Where a record's binary XML stands in its chunk, and what its header says.</summary>
readonly record struct RecordPlace(int From, int To, ulong Id, long FileTime);

/// <summary>One chunk of 64 KiB: its header, then records one after another up to where free space begins.</summary>
sealed class Chunk(Damage damage, bool recover)
{
    const int FirstRecord = 512, RecordHead = 24, RecordBytesMin = RecordHead + 4;
    const uint RecordMark = 0x0000_2A2A;
    const uint FlagNoSum = 4;

    public readonly byte[] Bytes = new byte[EvtxFile.ChunkBytes];
    int at, end, length;
    bool guessed;
    ulong lastId;

    uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(offset));

    /// <summary>The next chunk of the file; false at its end. A chunk that was never used has no records.</summary>
    public bool Load(Stream file, int used)
    {
        damage.Chunk++;
        length = EvtxFile.Fill(file, Bytes, damage);
        if (length == 0) return false;
        (at, end, guessed, lastId) = (FirstRecord, 0, false, 0);
        // What a shorter chunk leaves in the buffer is the chunk before it.
        Bytes.AsSpan(length).Clear();
        if (length < EvtxFile.ChunkBytes) damage.Add(Harm.CutChunk);
        if (length <= FirstRecord) return true;
        var marked = Bytes.AsSpan().StartsWith("ElfChnk\0"u8);
        if (!marked)
        {
            if (damage.Chunk >= used && Bytes.AsSpan(0, FirstRecord).IndexOfAnyExcept((byte)0) < 0) return true;
            damage.Add(Harm.ChunkMagic);
        }
        var free = U32(48);
        guessed = free < FirstRecord || free > EvtxFile.ChunkBytes;
        if (marked) Sums(free);
        end = guessed ? length : Math.Min((int)free, length);
        return true;
    }

    void Sums(uint free)
    {
        if (guessed) damage.Add(Harm.ChunkHeader);
        if ((U32(120) & FlagNoSum) != 0)
        {
            damage.Add(Harm.NoSum);
            return;
        }
        if (Crc32.Append(Crc32.Append(0, Bytes.AsSpan(0, 120)), Bytes.AsSpan(128, FirstRecord - 128)) != U32(124)) damage.Add(Harm.ChunkHeaderSum);
        if (!guessed && free <= length && Crc32.Append(0, Bytes.AsSpan(FirstRecord, (int)free - FirstRecord)) != U32(52)) damage.Add(Harm.ChunkDataSum);
    }

    public RecordPlace? Next()
    {
        while (at + RecordBytesMin <= end)
        {
            // Without a known end zeros are the end, and so are records of an earlier use of the chunk, which have smaller numbers.
            if (guessed && (U32(at) == 0 || IsWhole && Id <= lastId)) return null;
            if (IsWhole || recover && IsTorn) return Take();
            damage.Add(Harm.Record);
            if (!recover) LeaveOut();
            else if (!Resume()) return null;
        }
        return null;
    }

    ulong Id => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(at + 8));
    // Its beginning is right and its end is not.
    bool IsTorn => U32(at) == RecordMark && U32(at + 4) is >= RecordBytesMin and var size && size <= end - at;
    bool IsWhole => IsTorn && U32(at + (int)U32(at + 4) - 4) == U32(at + 4);

    RecordPlace Take()
    {
        var size = (int)U32(at + 4);
        damage.Record = lastId = Id;
        if (!IsWhole) damage.Add(Harm.RecordTail, inRecord: true);
        var place = new RecordPlace(at + RecordHead, at + size - 4, lastId, BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(at + 16)));
        at += size;
        return place;
    }

    // Behind a break nothing says any more that what looks like a record is one of this log's.
    void LeaveOut()
    {
        while (Resume())
        {
            damage.LeftOut++;
            at += (int)U32(at + 4) - 4;
        }
        at = end;
    }

    // The next place where a whole record stands.
    bool Resume()
    {
        for (at += 4; at + RecordBytesMin <= end; at += 4)
            if (IsWhole) return true;
        return false;
    }
}
