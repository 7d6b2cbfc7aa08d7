namespace Tunduk.Adapter.Exchange;

/// <summary>
/// One refusal, as a value: what refused, by which rule, where, what was expected, what was found, and what cures it.
/// </summary>
/// <remarks>
/// <see cref="Found"/> is a type, a length or a name, never a value of a field: refusals are shown, logged and archived.
/// How a refusal looks to each kind of caller stands in <see cref="RefusalMapping"/> alone.
/// </remarks>
/// <param name="Stage">The stage that refused.</param>
/// <param name="Code">A code of the closed list <see cref="ExchangeCodes"/>.</param>
public sealed record ExchangeError(ExchangeStage Stage, string Code)
{
    /// <summary>Where the rule stands that refused: a setting, a key of a document, a line of a contract, a section of a norm; the code's own when null.</summary>
    public string? Rule { get; init; }

    /// <summary>Where: a JSON path, an element path, a header or a setting; null when the refusal is about the whole.</summary>
    public string? Path { get; init; }

    /// <summary>What the rule asks for.</summary>
    public string? Expected { get; init; }

    /// <summary>What was there instead: a type, a length or a name.</summary>
    public string? Found { get; init; }

    /// <summary>True where <see cref="Path"/>, <see cref="Found"/> or <see cref="Details"/> may hold a name that the sender made up: told to whoever asked, and kept for who has a grant.</summary>
    public bool HasSendersName { get; init; }

    /// <summary>What cures it; the code's own remedy when null.</summary>
    public string? Remedy { get; init; }

    /// <summary>True when the provider may have executed the request all the same.</summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>True when an attachment's content is not of the type it names: whoever reads the message, that is its sender's fault.</summary>
    public bool IsContentUntrue { get; init; }

    /// <summary>True at the provider when its information system has the request, or may have it: the counterparty is told a code that says so.</summary>
    public bool AfterForward { get; init; }

    /// <summary>How long to wait before asking again; null where that is not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Explanations for the own information system only (SIGNATURES "The strict verifier"): never logged or shown to a counterparty.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>
    /// The details may stand in the refusal's entry, for <c>explain</c>: names, algorithms, lengths, seconds, serial numbers, and
    /// neither text of the message nor a digest. Where nobody of the own side asked, that is the only place to read them.
    /// </summary>
    public bool KeepDetails { get; init; }

    /// <summary>What nobody foresaw, as a refusal: its text, which may hold a value, goes nowhere. Where memory ended, too much was under way at once.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="outcomeUnknown">Whether the provider may have executed the request.</param>
    internal static ExchangeError Unforeseen(Exception exception, bool outcomeUnknown) => exception.GetBaseException() is not OutOfMemoryException
        ? new ExchangeError(ExchangeStage.Encode, ExchangeCodes.Internal) { OutcomeUnknown = outcomeUnknown }
        : new ExchangeError(outcomeUnknown ? ExchangeStage.Forward : ExchangeStage.Authenticate, ExchangeCodes.Overloaded)
        {
            Path = "Limits:MaxBodies",
            Expected = RefusalPhrases.Of("as_much_under_way_as_memory_holds"),
            Found = RefusalPhrases.Of("more"),
            Remedy = outcomeUnknown ? RefusalTexts.Remedy(ExchangeCodes.Overloaded, "answer") : null,
            OutcomeUnknown = outcomeUnknown,
        };
}
