namespace Andon.Intake.Collect.Evtx;

/// <summary>Types of values in binary XML. With <see cref="Array"/> set, many of them in a row.</summary>
enum ValueType : byte
{
    Null = 0x00, Text = 0x01, Ansi = 0x02, Int8 = 0x03, UInt8 = 0x04, Int16 = 0x05, UInt16 = 0x06, Int32 = 0x07, UInt32 = 0x08, Int64 = 0x09, UInt64 = 0x0A,
    Real32 = 0x0B, Real64 = 0x0C, Bool = 0x0D, Binary = 0x0E, Guid = 0x0F, Size = 0x10, FileTime = 0x11, SystemTime = 0x12, Sid = 0x13, Hex32 = 0x14, Hex64 = 0x15,
    Handle = 0x20, BinXml = 0x21, Xml = 0x23,
    Array = 0x80,
}

static class ValueTypes
{
    /// <summary>Bytes of one value of a type that has always as many; 0 for others.</summary>
    public static int Bytes(this ValueType type) => type switch
    {
        ValueType.Int8 or ValueType.UInt8 => 1,
        ValueType.Int16 or ValueType.UInt16 => 2,
        ValueType.Int32 or ValueType.UInt32 or ValueType.Real32 or ValueType.Bool or ValueType.Hex32 => 4,
        ValueType.Int64 or ValueType.UInt64 or ValueType.Real64 or ValueType.FileTime or ValueType.Hex64 => 8,
        ValueType.Guid or ValueType.SystemTime => 16,
        _ => 0,
    };
}
