using System.Collections.Frozen;
using Tunduk.Adapter.Configuration;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Callers;

/// <summary>Who calls, once it is known.</summary>
/// <param name="Name">The configured name.</param>
/// <param name="Roles">Roles the caller holds.</param>
/// <param name="Subsystems">Own subsystems the caller may speak for; null means every own subsystem.</param>
/// <param name="Services">Aliases the caller may use; null means every alias of its subsystems.</param>
/// <param name="AuthorisedPersons">Persons it may name as <c>userId</c>; empty means anyone.</param>
/// <param name="ByAddress">It was known by its network address alone.</param>
public sealed record Caller(
    string Name,
    IReadOnlySet<string> Roles,
    IReadOnlySet<string>? Subsystems,
    IReadOnlySet<string>? Services,
    IReadOnlyList<AuthorisedPersonOptions> AuthorisedPersons,
    bool ByAddress = false)
{
    /// <summary>The information system of a listener that asks for no authentication.</summary>
    public static Caller Anonymous { get; } = new("unauthenticated", new HashSet<string>(StringComparer.Ordinal) { "is" }, null, null, []);

    /// <summary>The caller is a test system: it reaches services that an agreement marks as test, and no others.</summary>
    public bool IsTest { get; init; }

    /// <summary>Its repeated requests are answered by the first answer, of services that say so too.</summary>
    public bool AnswersRepeats { get; init; }

    /// <summary>What every entry of this caller says about how it was known.</summary>
    public EntryFlags EntryFlags => ByAddress ? EntryFlags.CallerByAddress : ReferenceEquals(this, Anonymous) ? EntryFlags.CallerUnauthenticated : EntryFlags.None;

    /// <summary>The caller of an entry of <c>Callers</c>.</summary>
    public static Caller Of(CallerOptions options) => new(
        options.Name,
        options.Roles.ToFrozenSet(StringComparer.Ordinal),
        options.Subsystems.ToFrozenSet(StringComparer.Ordinal),
        options.Services.Count == 0 ? null : options.Services.ToFrozenSet(StringComparer.Ordinal),
        options.AuthorisedPersons)
    {
        IsTest = options.Environment == "test",
        AnswersRepeats = options.AnswersRepeats,
    };

    /// <summary>True when the caller holds the role.</summary>
    public bool Has(string role) => Roles.Contains(role);

    /// <summary>True when the caller may name this <c>userId</c> on this day.</summary>
    public bool MaySpeakFor(string userId, DateOnly day) =>
        AuthorisedPersons.Count == 0
        || AuthorisedPersons.Any(person => string.Equals(person.UserId, userId, StringComparison.Ordinal)
            && (person.From is not { } from || day >= from)
            && (person.Until is not { } until || day <= until));
}
