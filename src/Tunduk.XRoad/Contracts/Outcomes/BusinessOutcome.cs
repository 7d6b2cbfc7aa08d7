namespace Tunduk.XRoad.Contracts.Outcomes;

/// <summary>What a successful answer says about the question, in one vocabulary for all members.</summary>
public enum BusinessOutcome
{
    Ok,
    NotFound,
    Many,
    BadRequest,
    Denied,
    ProviderError,
}
