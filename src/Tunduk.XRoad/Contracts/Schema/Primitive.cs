namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>The primitive types of XSD 1.0 part 2, §3.2, with integer beside decimal.</summary>
public enum Primitive
{
    AnySimple,
    String,
    Boolean,
    Decimal,
    Integer,
    Float,
    Double,
    Duration,
    DateTime,
    Time,
    Date,
    YearMonth,
    Year,
    MonthDay,
    Day,
    Month,
    HexBinary,
    Base64Binary,
    AnyUri,
    QName,
    Notation,
}
