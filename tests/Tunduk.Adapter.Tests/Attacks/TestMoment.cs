namespace Tunduk.Evidence.Tests.Soap;

/// <summary>Attacks on a running adapter are made now: it has the real clock.</summary>
internal static class TestMoment
{
    private static readonly DateTimeOffset Started = TimeProvider.System.GetUtcNow();

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static DateTimeOffset NotBefore => Started.AddDays(-60);

    public static DateTimeOffset NotAfter => Started.AddYears(2);
}
