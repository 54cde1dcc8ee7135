using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>Where the Newton method stands: the current point, a trial point, and the preconditioner, built where the iteration began.</summary>
internal sealed class NewtonIterate
{
    /// <summary>Relative rounding of an objective's value that differences cannot resolve.</summary>
    public const double Rounding = 1e-14;

    /// <summary>
    /// Takes the place of the point at which the preconditioner was built once a step leads away from it, because the preconditioner goes on reading that one.
    /// </summary>
    private NewtonPoint? _spare;

    private NewtonPoint? _builtAt;

    /// <summary>Reserves the memory of all points.</summary>
    /// <param name="preconditioner">The preconditioner of the problem.</param>
    /// <param name="createObjective">Makes an objective of the problem, which keeps curvature.</param>
    public NewtonIterate(IPreconditioner preconditioner, Func<Objective> createObjective)
    {
        Preconditioner = preconditioner;
        Current = new NewtonPoint(createObjective());
        Trial = new NewtonPoint(createObjective());
        if (preconditioner.ResolvesOutputs) _spare = new NewtonPoint(createObjective());
        Multiply = (v, result) =>
        {
            HessianProducts++;
            preconditioner.Passes.Apply(Current.Objective, Current.Network, v, result, full: Memory.Stage == NewtonStage.Newton);
        };
    }

    /// <summary>M.</summary>
    public IPreconditioner Preconditioner { get; }

    /// <summary>What is left to the next iteration.</summary>
    public NewtonMemory Memory { get; } = new();

    /// <summary>The point that was reached.</summary>
    public NewtonPoint Current { get; private set; }

    /// <summary>The point that is tried.</summary>
    public NewtonPoint Trial { get; private set; }

    /// <summary>J where the iteration began.</summary>
    public double ValueAtBeginning { get; private set; }

    /// <summary>result = B·v, with B the Gauss–Newton matrix or the Hessian at the current point.</summary>
    public Action<Network, Network> Multiply { get; }

    /// <summary>Gradients evaluated in this iteration.</summary>
    public long GradientEvaluations { get; private set; }

    /// <summary>Products with B, or with the Jacobian alone, in this iteration.</summary>
    public long HessianProducts { get; private set; }

    /// <summary>The relative gradient norm at which training stops; 0 where it goes on to what rounding allows.</summary>
    public double Target { get; set; }

    /// <summary>The relative gradient norm that rounding leaves at the current point; known once nothing but it is left to do.</summary>
    public double? RoundingFloor { get; set; }

    /// <summary>What the last iteration did, in a phrase.</summary>
    public string Phase { get; set; } = "";

    /// <summary>Whether the network is far from interpolating its data, and the preconditioner knows the way there.</summary>
    public bool IsFar => Memory.Stage != NewtonStage.Newton && Preconditioner.ResolvesOutputs;

    /// <summary>Begins an iteration: builds the preconditioner where that was not done at this very point.</summary>
    public void Begin()
    {
        (GradientEvaluations, HessianProducts) = (0, 0);
        Continue();
    }

    /// <summary>Goes on with an iteration after its objective or its point was changed from outside.</summary>
    public void Continue()
    {
        ValueAtBeginning = Current.Value.Total;
        if (_builtAt == Current) return;
        Preconditioner.Build(Current.Objective, Current.Network);
        _builtAt = Current;
    }

    /// <summary>Evaluates the current point after its parameters were written from outside.</summary>
    public void Start()
    {
        Current.Evaluate();
        Current.EvaluateGradient();
        _builtAt = null;
    }

    /// <summary>The change of the outputs along a direction from the current point, K×N; valid until the next product or solve.</summary>
    public Matrix OutputChange(Network direction)
    {
        HessianProducts++;
        return Preconditioner.Passes.OutputChange(Current.Objective, Current.Network, direction);
    }

    /// <summary>Evaluates the gradient at the trial point.</summary>
    public void EvaluateTrialGradient()
    {
        Trial.EvaluateGradient();
        GradientEvaluations++;
    }

    /// <summary>Makes the trial point, whose gradient is known, the current one.</summary>
    public void Accept()
    {
        NewtonPoint left = Current;
        Current = Trial;
        Trial = left;
        if (_spare is not null && left == _builtAt) (Trial, _spare) = (_spare, left);
    }
}
