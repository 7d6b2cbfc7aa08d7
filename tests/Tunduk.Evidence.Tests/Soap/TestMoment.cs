namespace Tunduk.Evidence.Tests.Soap;

/// <summary>When the test messages are made and how long the test certificates are valid.</summary>
internal static class TestMoment
{
    public static DateTimeOffset Now { get; } = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset NotBefore { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset NotAfter { get; } = new(2028, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
