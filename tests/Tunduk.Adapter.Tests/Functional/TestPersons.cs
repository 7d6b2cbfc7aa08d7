using Tunduk.Adapter.Sandbox.Register;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>Invented persons, and the check that no word of theirs stands where it must not.</summary>
internal static class TestPersons
{
    public const string UserId = "KG20000000000001";
    public const string Issue = "loan-scoring application 2026-00017";

    public static IReadOnlyList<InventedPerson> All { get; } = InventedPopulation.Invent(60);

    /// <summary>One with every optional value.</summary>
    public static InventedPerson Somebody { get; } = All.First(person => person is { MaritalStatus: not null, Patronymic: not null, Documents.Count: > 1 });

    /// <summary>What the register knows of somebody, word by word. Words too short to be told from others are left out.</summary>
    public static IReadOnlyList<string> Secrets { get; } =
    [
        Somebody.Pin, Somebody.Surname, Somebody.Name, Somebody.Patronymic!, Somebody.DateOfBirth.ToString("yyyy-MM-dd"), Somebody.MaritalStatus!,
        Somebody.Address.Street, Somebody.Address.Locality, .. Somebody.Documents.Select(document => document.Number), Somebody.Photo[..32],
    ];

    public static string Request => $$$"""{"request":{"pin":"{{{Somebody.Pin}}}"}}""";

    public static void ShouldHoldNoValue(string text, string where)
    {
        foreach (var secret in Secrets)
        {
            text.Contains(secret, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"{where} holds a value of a person ({secret.Length} characters)");
        }
    }
}
