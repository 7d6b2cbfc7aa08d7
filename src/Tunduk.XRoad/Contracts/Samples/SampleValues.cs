using System.Globalization;
using System.Numerics;
using System.Text;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Samples;

/// <summary>Invents values: enumerated or by pattern where the contract says so, else after the field's name and type.</summary>
internal sealed class SampleValues(SeededValues random)
{
    private const int Tries = 40;
    private const int MaxWork = 20_000;
    private static readonly string[] Surnames = ["Асанова", "Токтосунов", "Бекова", "Эсенов", "Жумалиева", "Орозов"];
    private static readonly string[] Names = ["Айгүл", "Алмаз", "Нурлан", "Чынара", "Бакыт", "Гүлнара"];
    private static readonly string[] Patronymics = ["Асановна", "Токтосунович", "Бекович", "Нурлановна"];
    private static readonly string[] Streets = ["Чүй", "Манас", "Ибраимов", "Токтогул"];
    private static readonly string[] Places = ["Бишкек", "Ош", "Нарын", "Талас", "Каракол"];
    private static readonly string[] Lorem = ["ала", "тоо", "суу", "жол", "кат", "сан", "бет", "үй", "<b>", "&", "\"x\"", "a]]>b"];

    private int work;

    public string Words()
    {
        var text = new StringBuilder();
        for (var i = random.Below(3); i >= 0; i--)
        {
            text.Append(random.Pick(Lorem)).Append(i > 0 ? " " : "");
        }

        return text.ToString();
    }

    /// <summary>A value of the type; null when none was found.</summary>
    public string? For(SimpleType type, string name)
    {
        work = 0;
        return Find(type, name);
    }

    private string? Find(SimpleType type, string name)
    {
        for (var i = 0; i < Tries && ++work < MaxWork; i++)
        {
            if (Candidate(type, name, i) is { } text)
            {
                var normal = SimpleValue.Normalize(type, text);
                if (SimpleValue.Check(type, normal).IsNone)
                {
                    return normal.ToString();
                }
            }
        }

        return null;
    }

    private string? Candidate(SimpleType type, string name, int attempt)
    {
        if (type.Facets.Enumeration is { Count: > 0 } enumeration)
        {
            return random.Pick(enumeration);
        }

        if (type.Variety == SimpleVariety.Union)
        {
            return type.MemberTypes.Count == 0 ? "" : Find(random.Pick(type.MemberTypes), name);
        }

        if (type.Variety == SimpleVariety.List)
        {
            return List(type, name);
        }

        if (type.Facets.Patterns.Count > 0)
        {
            return PatternSampler.Sample(type.Facets.Patterns[attempt % type.Facets.Patterns.Count], random, Stretch(type.Facets, attempt));
        }

        return type.Primitive switch
        {
            Primitive.Boolean => random.Chance(50) ? "true" : "false",
            Primitive.Integer => Integer(type.Facets),
            Primitive.Decimal => Decimal(type.Facets, attempt),
            Primitive.Float or Primitive.Double => Float(type.Facets),
            Primitive.HexBinary => Convert.ToHexString(Bytes(type.Facets)),
            Primitive.Base64Binary => Convert.ToBase64String(Bytes(type.Facets)),
            Primitive.AnyUri => "http://example.org/" + random.Below(1000).ToString(CultureInfo.InvariantCulture),
            Primitive.QName or Primitive.Notation => "q" + random.Below(10).ToString(CultureInfo.InvariantCulture),
            Primitive.String or Primitive.AnySimple => Text(type, name, attempt),
            _ => Time(type.Primitive, type.Facets, attempt),
        };
    }

    // Short texts first; where none fits, the open parts of the pattern are repeated more and more, up to the least length.
    private static int Stretch(Facets facets, int attempt)
    {
        var least = facets.Length ?? facets.MinLength ?? 0;
        return attempt < Tries / 4 || least == 0 ? 0 : (int)Math.Min(1_000, 1 + (least * (attempt - (Tries / 4)) / (Tries / 2)));
    }

    private string? List(SimpleType type, string name)
    {
        var count = type.Facets.Length ?? Math.Max(type.Facets.MinLength ?? 0, Math.Min(type.Facets.MaxLength ?? 3, random.Below(4)));
        var items = new List<string>();
        for (var i = 0; i < Math.Min(count, 1_000); i++)
        {
            var item = Find(type.ItemType!, name)?.Replace(" ", "", StringComparison.Ordinal);
            if (string.IsNullOrEmpty(item))
            {
                return null;
            }

            items.Add(item);
        }

        return string.Join(' ', items);
    }

    private string Integer(Facets facets)
    {
        var min = Bound(facets.MinInclusive, 0) ?? Bound(facets.MinExclusive, 1);
        var max = Bound(facets.MaxInclusive, 0) ?? Bound(facets.MaxExclusive, -1);
        if (facets.TotalDigits is { } digits)
        {
            var most = BigInteger.Pow(10, Math.Min(digits, 40)) - 1;
            max = max is null || max > most ? most : max;
            min = min is null || min < -most ? -most : min;
        }

        // Small numbers look natural; the ends of the range find faults.
        var low = min ?? -1_000_000;
        var high = max ?? (min ?? 0) + 1_000_000;
        return random.Below(8) switch
        {
            0 => low.ToString(CultureInfo.InvariantCulture),
            1 => high.ToString(CultureInfo.InvariantCulture),
            _ => Between(BigInteger.Max(low, BigInteger.Min(0, high)), BigInteger.Min(high, BigInteger.Max(low, 0) + 5_000)).ToString(CultureInfo.InvariantCulture),
        };
    }

    private BigInteger Between(BigInteger low, BigInteger high) => high <= low ? low : low + (random.Next() % (high - low + 1));

    private static BigInteger? Bound(string? text, int shift)
    {
        var point = text?.IndexOf('.') ?? -1;
        return BigInteger.TryParse(point < 0 ? text : text![..point], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value + shift : null;
    }

    private string Decimal(Facets facets, int attempt)
    {
        var fraction = Math.Min(facets.FractionDigits ?? 2, attempt > Tries / 2 ? 0 : 6);
        if (facets.TotalDigits is { } total)
        {
            fraction = Math.Min(fraction, Math.Max(0, total - 1));
        }

        var whole = facets.TotalDigits is null
            ? Integer(facets)
            : BigInteger.Min(BigInteger.Parse(Integer(facets), CultureInfo.InvariantCulture), BigInteger.Pow(10, Math.Max(1, Math.Min(facets.TotalDigits.Value - fraction, 30))) - 1).ToString(CultureInfo.InvariantCulture);
        return fraction <= 0 ? whole : whole + "." + random.Below((int)Math.Pow(10, fraction)).ToString("D" + fraction, CultureInfo.InvariantCulture);
    }

    private string Float(Facets facets) => facets.HasRange
        ? Integer(facets)
        : (random.Below(2_000_000) - 1_000_000).ToString(CultureInfo.InvariantCulture) + (random.Chance(50) ? ".25" : ".5E3");

    private byte[] Bytes(Facets facets)
    {
        var length = (int)Math.Min(4096, facets.Length ?? Math.Max(facets.MinLength ?? 0, Math.Min(facets.MaxLength ?? 24, random.Below(24))));
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        return bytes;
    }

    private string Text(SimpleType type, string name, int attempt)
    {
        var facets = type.Facets;
        var text = attempt == 0 ? ByName(name) : type.NameKind == NameKind.None ? Words() : "n" + random.Below(1000).ToString(CultureInfo.InvariantCulture);
        if (type.NameKind == NameKind.Language)
        {
            return random.Chance(50) ? "ky" : "ru-KG";
        }

        var least = facets.Length ?? facets.MinLength ?? 0;
        var most = facets.Length ?? facets.MaxLength ?? long.MaxValue;
        if (text.Length < least)
        {
            text = text.PadRight((int)Math.Min(least, 100_000), 'x');
        }

        return text.Length > most ? text[..(int)most] : text;
    }

    private string ByName(string name)
    {
        var lower = name.ToLowerInvariant();
        if (lower.Contains("pin", StringComparison.Ordinal) || lower is "inn" or "tin")
        {
            return Pin();
        }

        if (lower.Contains("date", StringComparison.Ordinal))
        {
            return Date();
        }

        return lower switch
        {
            "surname" or "lastname" => random.Pick(Surnames),
            "name" or "firstname" => random.Pick(Names),
            "patronymic" => random.Pick(Patronymics),
            "street" => random.Pick(Streets),
            "region" or "city" or "district" or "locality" => random.Pick(Places),
            "country" or "nationality" or "citizenship" => "KG",
            "series" => "ID",
            "number" or "house" or "apartment" or "code" => random.Below(999_999).ToString("D6", CultureInfo.InvariantCulture),
            _ => Words(),
        };
    }

    private string Pin() => string.Create(CultureInfo.InvariantCulture, $"{1 + random.Below(2)}{1 + random.Below(28):D2}{1 + random.Below(12):D2}{1950 + random.Below(55):D4}{random.Below(100_000):D5}");

    private string Date() => string.Create(CultureInfo.InvariantCulture, $"{1960 + random.Below(60):D4}-{1 + random.Below(12):D2}-{1 + random.Below(28):D2}");

    private string Time(Primitive primitive, Facets facets, int attempt)
    {
        if (attempt > Tries / 2)
        {
            return facets.MinInclusive ?? facets.MaxInclusive ?? facets.MinExclusive ?? facets.MaxExclusive ?? "";
        }

        var clock = string.Create(CultureInfo.InvariantCulture, $"{random.Below(24):D2}:{random.Below(60):D2}:{random.Below(60):D2}{(random.Chance(30) ? ".120" : "")}{(random.Chance(50) ? "+06:00" : "")}");
        return primitive switch
        {
            Primitive.DateTime => Date() + "T" + clock,
            Primitive.Time => clock,
            Primitive.Date => Date(),
            Primitive.YearMonth => Date()[..7],
            Primitive.Year => Date()[..4],
            Primitive.MonthDay => "--" + Date()[5..],
            Primitive.Day => "---" + Date()[8..],
            Primitive.Month => "--" + Date()[5..7],
            _ => $"P{random.Below(9)}Y{random.Below(12)}M{random.Below(28)}DT{random.Below(24)}H",
        };
    }
}
