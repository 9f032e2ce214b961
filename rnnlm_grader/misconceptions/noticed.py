"""Which variants each criterion notices, on the learner's inputs or on hidden ones.

Made by `python -m rnnlm_grader.notice`: don't edit. A variant that a criterion doesn't notice can't explain what failed
there, so a diagnosis examines only these.
"""
NOTICED = {
    "MyRNN/forward/first_step": """
        IsLinear LeavesOutTanh TakesSigmoid TakesSigmoidBothWays TakesTanhTwice ForwardReturnsNothing LeavesOutBias
        SubtractsBias AddsBiasOutside ForgetsInput TakesTanhOfStateOnly TransposesWx TransposesWxWithDot PutsWxFirst
        PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber ExchangesWeights ExchangesWeightsWithDot
    """,
    "MyRNN/forward/next_step": """
        IsLinear LeavesOutTanh TakesSigmoid TakesSigmoidBothWays TakesTanhTwice ForwardReturnsNothing LeavesOutBias
        SubtractsBias AddsBiasOutside ForgetsState ForgetsInput TakesTanhOfEach TakesTanhOfStateOnly TransposesWh
        TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber
        ExchangesWeights ExchangesWeightsWithDot
    """,
    "MyRNN/forward/rows_apart": """
        IsLinear LeavesOutTanh TakesSigmoid TakesSigmoidBothWays TakesTanhTwice ForwardReturnsNothing LeavesOutBias
        SubtractsBias AddsBiasOutside ForgetsState ForgetsInput TakesTanhOfEach TakesTanhOfStateOnly TransposesWh
        TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber
        ExchangesWeights ExchangesWeightsWithDot SharesFirstState ComputesFirstRow
    """,
    "MyRNN/forward/forward_sizes": """
        IsLinear LeavesOutTanh TakesSigmoid TakesSigmoidBothWays TakesTanhTwice ForwardReturnsNothing LeavesOutBias
        SubtractsBias AddsBiasOutside ForgetsState ForgetsInput TakesTanhOfEach TakesTanhOfStateOnly TransposesWh
        TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber
        ExchangesWeights ExchangesWeightsWithDot SharesFirstState ComputesFirstRow
    """,
    "MyRNN/backward/gradient_of_b": """
        TakesSigmoid TakesSigmoidBothWays TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst
        MultipliesNumberByNumber ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow TakesSlopeOfSigmoid
        LeavesOutOne TakesTanhOfGradient MultipliesSlopeAsMatrix TurnsSign KeepsRowsOfBias KeepsRowsOfBiasInNewArray
        AveragesBias AveragesOverBatch SumsBiasOverEverything SumsBiasOverUnits TakesFirstRowOfBias MultipliesByBias
        TurnsDWx LeavesOutTransposeInDWh LeavesOutDb WritesNothing GivesZeros LeavesOutTransposeOfWx
        LeavesOutTransposeOfWxWithDot
    """,
    "MyRNN/backward/gradient_of_wx": """
        TakesSigmoid TakesSigmoidBothWays TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst
        MultipliesNumberByNumber ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow TakesSlopeOfSigmoid
        LeavesOutOne TakesTanhOfGradient MultipliesSlopeAsMatrix TurnsSign KeepsRowsOfBias AveragesOverBatch
        SumsBiasOverUnits TurnsDWx LeavesOutTransposeInDWx LeavesOutTransposeInDWh WritesNothing GivesZeros
        ExchangesGrads LeavesOutTransposeOfWx LeavesOutTransposeOfWxWithDot
    """,
    "MyRNN/backward/gradient_of_wh": """
        TakesSigmoid TakesSigmoidBothWays ForgetsState ForgetsInput TakesTanhOfStateOnly TransposesWh TransposesWx
        TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber ExchangesWeights
        ExchangesWeightsWithDot SharesFirstState ComputesFirstRow TakesSlopeOfSigmoid LeavesOutOne TakesTanhOfGradient
        MultipliesSlopeAsMatrix TurnsSign TakesSlopeAtPreviousState ExchangesStates KeepsRowsOfBias AveragesOverBatch
        SumsBiasOverUnits TurnsDWx TurnsDWh LeavesOutTransposeInDWh TakesNextStateForDWh LeavesOutDWh WritesNothing
        GivesZeros ExchangesGrads LeavesOutTransposeOfWx LeavesOutTransposeOfWxWithDot
    """,
    "MyRNN/backward/gradient_of_x": """
        TakesSigmoid TakesSigmoidBothWays TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst
        MultipliesNumberByNumber ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow TakesSlopeOfSigmoid
        LeavesOutOne TakesTanhOfGradient MultipliesSlopeAsMatrix TurnsSign KeepsRowsOfBias SumsBiasOverUnits TurnsDWx
        LeavesOutTransposeInDWh GivesZeros LeavesOutTransposeOfWx LeavesOutTransposeOfWxWithDot ExchangesResults
        ReturnsDxOnly ReturnsDhPrevOnly ReturnsNothing UpdatesParameters
    """,
    "MyRNN/backward/gradient_of_state": """
        TakesSigmoid TakesSigmoidBothWays TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst
        MultipliesNumberByNumber ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow TakesSlopeOfSigmoid
        LeavesOutOne TakesTanhOfGradient MultipliesSlopeAsMatrix TurnsSign KeepsRowsOfBias SumsBiasOverUnits TurnsDWx
        LeavesOutTransposeInDWh GivesZeros LeavesOutTransposeOfWh LeavesOutTransposeOfWx LeavesOutTransposeOfWxWithDot
        ExchangesResults ReturnsDxOnly ReturnsDhPrevOnly ReturnsNothing HandsOnWithoutWh AddsUpstream
    """,
    "MyRNN/backward/slope_of_tanh": """
        IsLinear LeavesOutTanh TakesSigmoid TakesSigmoidBothWays TakesTanhTwice LeavesOutBias SubtractsBias
        AddsBiasOutside ForgetsState ForgetsInput TakesTanhOfEach TakesTanhOfStateOnly TransposesWh TransposesWx
        TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber ExchangesWeights
        ExchangesWeightsWithDot LeavesOutSlope LeavesOutSquare SquaresDifference TakesSlopeOfSum TakesTanhOnceMore
        TakesSlopeOfSigmoid LeavesOutOne TakesTanhOfGradient MultipliesSlopeAsMatrix TurnsSign TakesSlopeAtPreviousState
        ExchangesStates SumsBiasOutsideTanh HandsOnOutsideTanh CollectsOutsideTanh KeepsRowsOfBiasInNewArray
        SumsBiasOverEverything SumsBiasOverUnits MultipliesByBias TurnsDWx LeavesOutTransposeInDWx
        LeavesOutTransposeInDWh LeavesOutDb WritesNothing GivesZeros LeavesOutTransposeOfWx
        LeavesOutTransposeOfWxWithDot UpdatesParameters
    """,
    "MyRNN/backward/central_differences": """
        IsLinear LeavesOutTanh TakesSigmoid TakesSigmoidBothWays TakesTanhTwice LeavesOutBias SubtractsBias
        AddsBiasOutside ForgetsState ForgetsInput TakesTanhOfEach TakesTanhOfStateOnly TransposesWh TransposesWx
        TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber ExchangesWeights
        ExchangesWeightsWithDot SharesFirstState ComputesFirstRow LeavesOutSlope LeavesOutSquare SquaresDifference
        TakesSlopeOfSum TakesTanhOnceMore TakesSlopeOfSigmoid LeavesOutOne TakesTanhOfGradient MultipliesSlopeAsMatrix
        TurnsSign TakesSlopeAtPreviousState ExchangesStates SumsBiasOutsideTanh HandsOnOutsideTanh CollectsOutsideTanh
        KeepsRowsOfBias KeepsRowsOfBiasInNewArray AveragesBias AveragesOverBatch SumsBiasOverEverything
        SumsBiasOverUnits TakesFirstRowOfBias MultipliesByBias TurnsDWx TurnsDWh LeavesOutTransposeInDWx
        LeavesOutTransposeInDWh TakesNextStateForDWh LeavesOutDWh LeavesOutDb WritesNothing GivesZeros ExchangesGrads
        LeavesOutTransposeOfWh LeavesOutTransposeOfWx LeavesOutTransposeOfWxWithDot ExchangesResults ReturnsDxOnly
        ReturnsDhPrevOnly ReturnsNothing HandsOnWithoutWh AddsUpstream UpdatesParameters
    """,
    "MyRNN/backward/backward_sizes": """
        IsLinear LeavesOutTanh TakesSigmoid TakesSigmoidBothWays TakesTanhTwice LeavesOutBias SubtractsBias
        AddsBiasOutside ForgetsState ForgetsInput TakesTanhOfEach TakesTanhOfStateOnly TransposesWh TransposesWx
        TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber ExchangesWeights
        ExchangesWeightsWithDot SharesFirstState ComputesFirstRow LeavesOutSlope LeavesOutSquare SquaresDifference
        TakesSlopeOfSum TakesTanhOnceMore TakesSlopeOfSigmoid LeavesOutOne TakesTanhOfGradient MultipliesSlopeAsMatrix
        TurnsSign TakesSlopeAtPreviousState ExchangesStates SumsBiasOutsideTanh HandsOnOutsideTanh CollectsOutsideTanh
        KeepsRowsOfBias KeepsRowsOfBiasInNewArray AveragesBias AveragesOverBatch SumsBiasOverEverything
        SumsBiasOverUnits TakesFirstRowOfBias MultipliesByBias TurnsDWx TurnsDWh LeavesOutTransposeInDWx
        LeavesOutTransposeInDWh TakesNextStateForDWh LeavesOutDWh LeavesOutDb WritesNothing GivesZeros ExchangesGrads
        LeavesOutTransposeOfWh LeavesOutTransposeOfWx LeavesOutTransposeOfWxWithDot ExchangesResults ReturnsDxOnly
        ReturnsDhPrevOnly ReturnsNothing HandsOnWithoutWh AddsUpstream PilesUp UpdatesParameters KeepsFirstCache
    """,
    "MyRNN/contract/overwrites_in_place": """
        TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber
        ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow MultipliesSlopeAsMatrix KeepsRowsOfBias
        KeepsRowsOfBiasInNewArray SumsBiasOverUnits TurnsDWx LeavesOutTransposeInDWh WritesNothing GivesZeros
        ExchangesGrads LeavesOutTransposeOfWx LeavesOutTransposeOfWxWithDot PilesUp ClearsInForward Rebinds
        UpdatesParameters KeepsFirstCache UsesUpCache
    """,
    "MyRNN/contract/backward_twice": """
        TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber
        ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow MultipliesSlopeAsMatrix KeepsRowsOfBias
        SumsBiasOverUnits TurnsDWx LeavesOutTransposeInDWh GivesZeros ExchangesGrads LeavesOutTransposeOfWx
        LeavesOutTransposeOfWxWithDot ReturnsDxOnly ReturnsDhPrevOnly ReturnsNothing UpdatesParameters UsesUpCache
    """,
    "MyRNN/contract/leaves_the_callers_arrays_alone": """
        ForwardReturnsNothing ComputesFirstRow KeepsRowsOfBias ReturnsDxOnly ReturnsDhPrevOnly ReturnsNothing
        UpdatesParameters ChangesUpstream WritesIntoPreviousState ReusesOutput FillsArraysOfForward
    """,
    "MyRNN/contract/shares_parameters": """
        ForwardReturnsNothing ComputesFirstRow KeepsRowsOfBias CopiesParameters UsesCopies CopiesParams
        CopiesParamsEachTime UpdatesParameters KeepsFirstCache
    """,
    "MyRNN/contract/follows_dtype": """
        ForwardReturnsNothing TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst
        MultipliesNumberByNumber ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow MultipliesSlopeAsMatrix
        KeepsRowsOfBias SumsBiasOverUnits TurnsDWx LeavesOutTransposeInDWh LeavesOutTransposeOfWx
        LeavesOutTransposeOfWxWithDot ReturnsDxOnly ReturnsDhPrevOnly ReturnsNothing ForcesFloat32 ForcesFloat64
        ForcesGradsFloat64 ForcesGradsFloat32 ForcesResultsFloat32
    """,
    "MyRNN/contract/stands_alone": """
        TransposesWx TransposesWxWithDot PutsWxFirst PutsWxFirstWithDot PutsWhFirst MultipliesNumberByNumber
        ExchangesWeights ExchangesWeightsWithDot ComputesFirstRow MultipliesSlopeAsMatrix KeepsRowsOfBias
        SumsBiasOverUnits TurnsDWx LeavesOutTransposeInDWh WritesNothing GivesZeros LeavesOutTransposeOfWx
        LeavesOutTransposeOfWxWithDot UpdatesParameters KeepsFirstCache KeepsCacheInClass
    """,
    "MyTimeRNN/forward/one_step": """
        GivesLastState GivesStatesBefore GivesStartToo SkipsLastStep GivesNoHs LeavesOutTanh LeavesOutBias TakesSigmoid
        TakesSigmoidBothWays TakesTanhTwice TakesTanhOfStateOnly ForgetsInput SubtractsBias AddsBiasOutside
    """,
    "MyTimeRNN/forward/three_steps": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards GivesTimeMajor GivesLastState
        GivesStatesBefore GivesStartToo SkipsLastStep GivesNoHs GivesOneArrayTTimes AddsStatesUp LeavesOutTanh
        LeavesOutBias TakesSigmoid TakesSigmoidBothWays TakesTanhTwice TakesTanhOfStateOnly ForgetsInput SubtractsBias
        AddsBiasOutside TransposesWh LoopsOverBatch
    """,
    "MyTimeRNN/forward/like_unrolled": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards GivesTimeMajor GivesLastState
        GivesStatesBefore GivesStartToo SkipsLastStep GivesNoHs GivesOneArrayTTimes AddsStatesUp LeavesOutTanh
        LeavesOutBias TakesSigmoid TakesSigmoidBothWays TakesTanhTwice TakesTanhOfStateOnly ForgetsInput SubtractsBias
        AddsBiasOutside TransposesWh LoopsOverBatch SharesFirstState
    """,
    "MyTimeRNN/forward/forward_sizes": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards GivesTimeMajor GivesLastState
        GivesStatesBefore GivesStartToo SkipsLastStep GivesNoHs GivesOneArrayTTimes AddsStatesUp LeavesOutTanh
        LeavesOutBias TakesSigmoid TakesSigmoidBothWays TakesTanhTwice TakesTanhOfStateOnly ForgetsInput SubtractsBias
        AddsBiasOutside TransposesWh LoopsOverBatch SharesFirstState
    """,
    "MyTimeRNN/state/last_state": """
        ReadsBackwards GivesTimeMajor GivesLastState GivesStatesBefore SkipsLastStep GivesNoHs ForgetsInput
        LoopsOverBatch KeepsStartOnly SetsNoState SetsStateOnlyWhenStateful KeepsFirstState KeepsAllStates
    """,
    "MyTimeRNN/state/starts_from_zeros": """
        GivesNoHs ForgetsInput AlwaysKeepsState TurnsStatefulRound TakesStateWhenStateless
    """,
    "MyTimeRNN/state/goes_on": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards GivesTimeMajor GivesLastState
        GivesStartToo SkipsLastStep GivesNoHs GivesOneArrayTTimes ForgetsInput LoopsOverBatch NeverKeepsState
        TurnsStatefulRound KeepsStartOnly SetsNoState KeepsFirstState KeepsFirstSizes
    """,
    "MyTimeRNN/state/takes_a_state": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards GivesTimeMajor GivesLastState
        GivesStatesBefore GivesStartToo SkipsLastStep GivesNoHs GivesOneArrayTTimes ForgetsInput LoopsOverBatch
        NeverKeepsState TurnsStatefulRound KeepsStartOnly SetsNoState KeepsFirstState IgnoresSetState SetsStateOnlyOnce
    """,
    "MyTimeRNN/state/forgets_the_state": """
        StartsEachStepFromZeros GivesNoHs ForgetsInput NeverKeepsState TurnsStatefulRound KeepsStartOnly SetsNoState
        IgnoresReset ResetsToOldSize KeepsFirstSizes
    """,
    "MyTimeRNN/state/stops_at_the_window": """
        LoopsOverBatch NeverEmptiesCells GivesNoDxs GivesZeros CarriesDh UpdatesParameters
    """,
    "MyTimeRNN/backward/gradient_of_each_input": """
        TakesSigmoid TakesSigmoidBothWays TakesLastDhsOnly LeavesOutFirstStep HandsBackWithoutWh LeavesOutOne
        TakesSlopeOfSigmoid GivesDxsBackwards GivesDxsTimeMajor GivesFirstDxOnly GivesNoDxs GivesZeros UpdatesParameters
    """,
    "MyTimeRNN/backward/gradient_of_b": """
        TakesSigmoid TakesSigmoidBothWays TakesLastDhsOnly LeavesOutFirstStep HandsBackWithoutWh LeavesOutOne
        TakesSlopeOfSigmoid HasOneCellSummedAfter GivesZeros KeepsFirstStepsGradient KeepsLastStepsGradient
        AveragesOverTime AveragesOverBatch WritesNothing TakesFirstRowOfBias
    """,
    "MyTimeRNN/backward/gradient_of_wx": """
        ReadsFirstInput TakesSigmoid TakesSigmoidBothWays TakesLastDhsOnly LeavesOutFirstStep HandsBackWithoutWh
        LeavesOutOne TakesSlopeOfSigmoid HasOneCell HasOneCellSummedAfter GivesZeros KeepsFirstStepsGradient
        KeepsLastStepsGradient AveragesOverTime AveragesOverBatch WritesNothing
    """,
    "MyTimeRNN/backward/gradient_of_wh": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards AddsStatesUp LeavesOutTanh
        TakesSigmoid TakesSigmoidBothWays TakesTanhTwice TakesTanhOfStateOnly ForgetsInput TransposesWh LoopsOverBatch
        LeavesOutFirstStep LeavesOutOne TakesSlopeOfSigmoid TakesSlopeAtStateBefore HasOneCell HasOneCellSummedAfter
        GivesZeros KeepsFirstStepsGradient AveragesOverTime WritesNothing TakesStateAfterForDWh
        TakesLastStateBeforeFirst TurnsDWh
    """,
    "MyTimeRNN/backward/through_time": """
        ReadsBackwards TakesSigmoid TakesSigmoidBothWays LoopsOverBatch LeavesOutDh TakesLastDhsOnly GoesForwards
        LeavesOutFirstStep PilesUpDh HandsBackWithoutWh HandsBackThroughWh LeavesOutOne TakesSlopeOfSigmoid
        GivesDxsBackwards GivesDxsTimeMajor GivesFirstDxOnly GivesNoDxs GivesZeros UpdatesParameters
    """,
    "MyTimeRNN/backward/gradient_of_first_state": """
        ReadsBackwards AddsStatesUp TakesSigmoid TakesSigmoidBothWays TakesTanhOfStateOnly ForgetsInput LoopsOverBatch
        GoesForwards LeavesOutFirstStep PilesUpDh HandsBackWithoutWh HandsBackThroughWh LeavesOutOne TakesSlopeOfSigmoid
        TakesSlopeAtStateBefore GivesZeros SetsNoDh KeepsDhOfLastStep StopsBeforeStart
    """,
    "MyTimeRNN/backward/central_differences": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards AddsStatesUp LeavesOutTanh
        LeavesOutBias TakesSigmoid TakesSigmoidBothWays TakesTanhTwice TakesTanhOfStateOnly ForgetsInput SubtractsBias
        AddsBiasOutside TransposesWh LoopsOverBatch SharesFirstState LeavesOutDh TakesLastDhsOnly GoesForwards
        LeavesOutFirstStep PilesUpDh HandsBackWithoutWh HandsBackThroughWh AddsDhAfterSlope LeavesOutSlope
        LeavesOutSquare LeavesOutOne SquaresDifference TakesTanhOnceMore TakesSlopeOfSigmoid TakesSlopeAtStateBefore
        HasOneCell HasOneCellSummedAfter GivesDxsBackwards GivesDxsTimeMajor GivesFirstDxOnly GivesNoDxs GivesZeros
        KeepsFirstStepsGradient KeepsLastStepsGradient AveragesOverTime AveragesOverBatch WritesNothing
        TakesStateAfterForDWh TakesLastStateBeforeFirst TurnsDWh TakesFirstRowOfBias UpdatesParameters
    """,
    "MyTimeRNN/backward/backward_sizes": """
        StartsEachStepFromZeros StartsEachStepFromStart ReadsFirstInput ReadsBackwards AddsStatesUp LeavesOutTanh
        LeavesOutBias TakesSigmoid TakesSigmoidBothWays TakesTanhTwice TakesTanhOfStateOnly ForgetsInput SubtractsBias
        AddsBiasOutside TransposesWh LoopsOverBatch SharesFirstState ResetsToOneRow LeavesOutDh TakesLastDhsOnly
        GoesForwards LeavesOutFirstStep PilesUpDh HandsBackWithoutWh HandsBackThroughWh AddsDhAfterSlope LeavesOutSlope
        LeavesOutSquare LeavesOutOne SquaresDifference TakesTanhOnceMore TakesSlopeOfSigmoid TakesSlopeAtStateBefore
        HasOneCell HasOneCellSummedAfter NeverEmptiesCells GivesDxsBackwards GivesDxsTimeMajor GivesFirstDxOnly
        GivesNoDxs GivesZeros KeepsFirstStepsGradient KeepsLastStepsGradient AveragesOverTime AveragesOverBatch
        WritesNothing TakesStateAfterForDWh TakesLastStateBeforeFirst TurnsDWh TakesFirstRowOfBias CarriesDh PilesUp
        UpdatesParameters
    """,
    "MyTimeRNN/contract/overwrites_in_place": """
        GivesZeros WritesNothing CarriesDh PilesUp Rebinds UpdatesParameters UsesUpCells
    """,
    "MyTimeRNN/contract/backward_twice": """
        GivesNoDxs GivesZeros CarriesDh UpdatesParameters UsesUpCells
    """,
    "MyTimeRNN/contract/sizes_change": """
        LoopsOverBatch AlwaysKeepsState TurnsStatefulRound LeavesOutFirstStep NeverEmptiesCells GivesNoDxs GivesZeros
        CarriesDh PilesUp UpdatesParameters KeepsFirstSizes
    """,
    "MyTimeRNN/contract/leaves_the_callers_arrays_alone": """
        GivesNoHs ResetsInPlace ClearsStateInPlace WritesStateInPlace GivesNoDxs GivesZeros UpdatesParameters ChangesDhs
        ReusesOutput FillsDxsOfForward ReusesDxs
    """,
    "MyTimeRNN/contract/shares_parameters": """
        GivesNoHs NeverEmptiesCells CopiesParameters CopiesParams CopiesParamsEachTime UpdatesParameters
    """,
    "MyTimeRNN/contract/follows_dtype": """
        GivesNoHs LoopsOverBatch GivesNoDxs ForcesHsFloat32 ForcesHsFloat64 ForcesDxsFloat32 ForcesDxsFloat64
        ForcesFloat32 ForcesGradsFloat64 ForcesGradsFloat32
    """,
    "MyTimeRNN/contract/stands_alone": """
        AlwaysKeepsState TurnsStatefulRound NeverEmptiesCells KeepsCacheInClass GivesZeros WritesNothing
        UpdatesParameters
    """,
    "my_numerical_gradient/values/one_slope_each": """
        DividesByEps MultipliesByEps DoesNotDivide TurnsSign MovesAllAtOnce ReturnsAfterTheFirst ReturnsNoSlopes
        CallsWithTheOldX StoresIntegers ForcesFloat32 AddsSlopesUp
    """,
    "my_numerical_gradient/values/any_shape_of_x": """
        DividesByEps MultipliesByEps DoesNotDivide TurnsSign MovesAllAtOnce MovesRows KeepsRowsAsViews CountsAllNumbers
        ReturnsAfterTheFirst ReturnsNoSlopes CallsWithTheOldX LosesShape StoresIntegers ForcesFloat32 AddsSlopesUp
    """,
    "my_numerical_gradient/values/from_both_sides": """
        ForwardDifference BackwardDifference DividesByEps MultipliesByEps DoesNotDivide TurnsSign MovesAllAtOnce
        NeverPutsBack PutsBackAtTheEnd ReturnsAfterTheFirst ReturnsNoSlopes CallsWithTheOldX StoresIntegers
        ForcesFloat32 AddsSlopesUp
    """,
    "my_numerical_gradient/values/one_at_a_time": """
        DividesByEps MultipliesByEps DoesNotDivide TurnsSign MovesAllAtOnce NeverPutsBack PutsBackAtTheEnd
        ReturnsAfterTheFirst ReturnsNoSlopes CallsWithTheOldX StoresIntegers ForcesFloat32 AddsSlopesUp
    """,
    "my_numerical_gradient/values/honours_eps": """
        ForwardDifference BackwardDifference DividesByEps MultipliesByEps DoesNotDivide TurnsSign MovesAllAtOnce
        HasItsOwnEps HalfSteps ReturnsAfterTheFirst ReturnsNoSlopes CallsWithTheOldX StoresIntegers ForcesFloat32
        AddsSlopesUp
    """,
    "my_numerical_gradient/contract/leaves_x_alone": """
        ForwardDifference BackwardDifference DividesByEps MultipliesByEps DoesNotDivide TurnsSign MovesAllAtOnce
        NeverPutsBack PutsBackByAdding MovesRows KeepsRowsAsViews CountsAllNumbers ReturnsAfterTheFirst ReturnsNoSlopes
        CallsWithTheOldX LosesShape StoresIntegers ForcesFloat32 AddsSlopesUp
    """,
    "my_numerical_gradient/contract/layout_of_x": """
        ForwardDifference BackwardDifference DividesByEps MultipliesByEps DoesNotDivide TurnsSign MovesAllAtOnce
        NeverPutsBack PutsBackByAdding MovesRows KeepsRowsAsViews CountsAllNumbers ReturnsAfterTheFirst ReturnsNoSlopes
        CallsWithTheOldX LosesShape MovesACopy StoresIntegers ForcesFloat32 AddsSlopesUp
    """,
    "my_bptt/values/book_numbers": """
        NothingFromTheStepAfter LosesItsOwnGradient SkipsWh CarriesAllAlong GoesForwards KeepsFirstStep
        AveragesOverSteps KeepsRowsOfDb KeepsAxisOfDb Dh0BeforeWh DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last
        ReturnsParametersOnly BpttForcesFloat32 SqueezesAxes
    """,
    "my_bptt/values/flows_back": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards StartsFromZeros LeavesOutB LeavesOutTanh Dh0BeforeWh
        DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last ReturnsParametersOnly BpttForcesFloat32
    """,
    "my_bptt/values/input_weights": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards StartsFromZeros LeavesOutB LeavesOutTanh KeepsFirstStep
        AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb AnotherOrder PutsDh0Last ReturnsParametersOnly
        BpttForcesFloat32
    """,
    "my_bptt/values/recurrent_weights": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps AveragesOverBatch AnotherOrder PutsDh0Last
        ReturnsParametersOnly BpttForcesFloat32
    """,
    "my_bptt/values/bptt_central_differences": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps Dh0BeforeWh AnotherOrder PutsDh0Last
        ReturnsParametersOnly BpttForcesFloat32 SqueezesAxes
    """,
    "my_bptt/window/windows_by_hand": """
        NothingFromTheStepAfter LosesItsOwnGradient SkipsWh CarriesAllAlong GoesForwards KeepsFirstStep
        AveragesOverSteps KeepsRowsOfDb KeepsAxisOfDb Dh0BeforeWh DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last
        ReturnsParametersOnly IgnoresWindow CutsOneStepEarly CutsOneStepEarlyNotTheLast CutsOneStepLate CountsFromTheEnd
        CutsOnce TakesWindowAsCount SlidesTheWindow RestartsFromZeros RestartsFromH0 Dh0OfTheLastWindow Dh0OfAllWindows
        CutsDh0 KeepsOneWindow KeepsTheLastWindow LeavesOutTheRest BpttForcesFloat32 ChangesDhs SqueezesAxes
    """,
    "my_bptt/window/state_goes_on": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros LeavesOutB LeavesOutTanh
        KeepsFirstStep AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb DxsReversed DxsTimeMajor
        AnotherOrder PutsDh0Last ReturnsParametersOnly IgnoresWindow CutsOneStepEarly CutsOneStepEarlyNotTheLast
        CutsOneStepLate CutsOnce TakesWindowAsCount SlidesTheWindow RestartsFromZeros RestartsFromH0 KeepsOneWindow
        KeepsTheLastWindow BpttForcesFloat32
    """,
    "my_bptt/window/uneven_windows": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb
        DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last ReturnsParametersOnly IgnoresWindow CutsOneStepEarly
        CutsOneStepEarlyNotTheLast CutsOneStepLate CountsFromTheEnd CutsOnce TakesWindowAsCount SlidesTheWindow
        RestartsFromZeros RestartsFromH0 KeepsOneWindow KeepsTheLastWindow LeavesOutTheRest BpttForcesFloat32
        SqueezesAxes
    """,
    "my_bptt/window/dh0_of_the_first_window": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards StartsFromZeros LeavesOutB LeavesOutTanh Dh0BeforeWh
        AnotherOrder PutsDh0Last ReturnsParametersOnly IgnoresWindow CutsOneStepEarly CutsOneStepEarlyNotTheLast
        CutsOneStepLate CountsFromTheEnd TakesWindowAsCount Dh0OfTheLastWindow Dh0OfAllWindows CutsDh0 BpttForcesFloat32
    """,
    "my_bptt/window/long_windows": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb
        Dh0BeforeWh DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last ReturnsParametersOnly CutsOneStepEarly
        TakesWindowAsCount CutsDh0 LeavesOutTheRest BpttForcesFloat32
    """,
    "my_bptt/contract/any_sizes": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb
        Dh0BeforeWh DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last ReturnsParametersOnly BpttForcesFloat32
        SqueezesAxes
    """,
    "my_bptt/contract/leaves_arguments": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb
        Dh0BeforeWh DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last ReturnsParametersOnly BpttForcesFloat32 ChangesDhs
        ChangesH0
    """,
    "my_bptt/contract/results_stay": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb
        Dh0BeforeWh DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last ReturnsParametersOnly BpttForcesFloat32
        ReusesArrays
    """,
    "my_bptt/contract/bptt_dtype_and_layout": """
        LeavesOutSlope SlopeNotSquared SlopeOfTanhAgain SlopeOfStateBefore NothingFromTheStepAfter LosesItsOwnGradient
        ForgetsTranspose SkipsWh CarriesAllAlong GoesForwards PairsStateAfter LeavesH0OutOfDWh StartsFromZeros
        LeavesOutB LeavesOutTanh KeepsFirstStep AveragesOverSteps AveragesOverBatch KeepsRowsOfDb KeepsAxisOfDb
        Dh0BeforeWh DxsReversed DxsTimeMajor AnotherOrder PutsDh0Last ReturnsParametersOnly BpttForcesFloat32
        ForcesDxsFloat64 BpttForcesFloat64 ChangesDhs ChangesH0
    """,
    "my_clip_grads/values/shrinks_together": """
        ClipsEachArray ClipsEachNumber LeavesArraysAsTheyAre TurnsFactorRound TurnsComparison ForgetsRoot
        AddsAbsoluteValues AddsNorms TakesLargest TakesMeanOfSquares MeasuresTheLastArray MeasuresTheFirstArray
        ForgetsMaxNorm
    """,
    "my_clip_grads/values/returns_norm_before": """
        ReturnsNormAfter ReturnsNothing ReturnsOnlyWhenClipping ReturnsFactor ReturnsGradients ForgetsRoot
        AddsAbsoluteValues AddsNorms TakesLargest TakesMeanOfSquares MeasuresTheLastArray MeasuresTheFirstArray
    """,
    "my_clip_grads/values/leaves_small_gradients": """
        ReturnsNothing ReturnsOnlyWhenClipping ReturnsFactor ReturnsGradients ScalesUpToo TurnsComparison ForgetsRoot
        AddsAbsoluteValues AddsNorms TakesLargest TakesMeanOfSquares MeasuresTheLastArray MeasuresTheFirstArray
    """,
    "my_clip_grads/contract/clips_in_place": """
        ClipsEachArray ClipsEachNumber LeavesArraysAsTheyAre ReplacesItems TurnsFactorRound ScalesUpToo TurnsComparison
        ForgetsRoot AddsAbsoluteValues AddsNorms TakesLargest TakesMeanOfSquares MeasuresTheLastArray
        MeasuresTheFirstArray ForgetsMaxNorm ClipsFlatCopies MakesFloat64
    """,
    "my_clip_grads/contract/zero_gradients": """
        ReturnsNothing ReturnsOnlyWhenClipping ReturnsFactor ReturnsGradients ForgetsRoot AddsAbsoluteValues
        TakesLargest TakesMeanOfSquares DividesByZero MakesNan
    """,
    "my_clip_grads/contract/clips_float32": """
        ClipsEachArray ClipsEachNumber LeavesArraysAsTheyAre ReplacesItems ReturnsNormAfter ReturnsNothing
        TurnsFactorRound ReturnsFactor ReturnsGradients ScalesUpToo TurnsComparison ForgetsRoot AddsAbsoluteValues
        AddsNorms TakesLargest TakesMeanOfSquares MeasuresTheLastArray MeasuresTheFirstArray ForgetsMaxNorm MakesFloat64
    """,
    "my_softmax/values/shares": """
        SoftmaxReturnsNothing WorksAlongTheFirstAxis DoesNotDivide LeavesOutExp ReturnsLogarithm TakesSigmoid TurnsSign
        SoftmaxForcesFloat32
    """,
    "my_softmax/values/last_axis": """
        ShiftsByColumns DividesByTheSumOfAll SoftmaxReturnsNothing WorksAlongTheFirstAxis WorksAlongAxisOne
        DoesNotDivide LeavesOutExp ReturnsLogarithm TakesSigmoid TurnsSign SoftmaxForcesFloat32
    """,
    "my_softmax/edge/large_logits": """
        DoesNotShift ShiftsByTheLargestOfAll ShiftsByTheMean ShiftsByTheFirst ShiftsByTheMedian ShiftsByColumns
        CutsLogits DividesByTheSumOfAll SoftmaxReturnsNothing WorksAlongTheFirstAxis WorksAlongAxisOne DoesNotDivide
        LeavesOutExp ReturnsLogarithm TakesSigmoid TurnsSign SoftmaxForcesFloat64 SoftmaxForcesFloat32
    """,
    "my_softmax/edge/softmax_contract": """
        ShiftsByColumns DividesByTheSumOfAll SoftmaxReturnsNothing WorksAlongTheFirstAxis DoesNotDivide LeavesOutExp
        ReturnsLogarithm TakesSigmoid TurnsSign ChangesX SoftmaxForcesFloat64 SoftmaxForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/forward/book_loss": """
        LossReturnsNothing PicksAllTargets SumsUp LossSumsUp MeanOverBatch TurnsMask AddsSmallNumber TakesExpOfLoss
        TurnsLoss TakesBaseTwo TakesOneMinusP LeavesOutTheSum LossForEachPosition SoftmaxAlongTime
    """,
    "MyTimeSoftmaxWithLoss/forward/mean_loss": """
        LossReturnsNothing PicksAllTargets SumsUp LossSumsUp MeanOverBatch TurnsMask AddsSmallNumber TakesExpOfLoss
        TurnsLoss TakesBaseTwo TakesOneMinusP LeavesOutTheSum LossForEachPosition SoftmaxAlongTime
    """,
    "MyTimeSoftmaxWithLoss/forward/large_logits_loss": """
        LossReturnsNothing PicksAllTargets SumsUp LossSumsUp MeanOverBatch TurnsMask LossDoesNotShift
        TakesLogarithmOfZero AddsSmallNumber TakesExpOfLoss TurnsLoss TakesBaseTwo TakesOneMinusP LeavesOutTheSum
        LossForEachPosition SoftmaxAlongTime
    """,
    "MyTimeSoftmaxWithLoss/backward/gradient_by_hand": """
        GradientReturnsNothing GivesZeros SumsUp GradientSumsUp MeanOverBatch GradientMeanOverBatch TurnsMask
        ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget TakesSlopeOfSoftmax FlatGradient
        SqueezesGradient SoftmaxAlongTime ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/backward/gradient": """
        GradientReturnsNothing GivesZeros SumsUp GradientSumsUp MeanOverBatch GradientMeanOverBatch TurnsMask
        ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget TakesSlopeOfSoftmax FlatGradient
        SqueezesGradient SoftmaxAlongTime ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/backward/upstream_factor": """
        GradientReturnsNothing GivesZeros SumsUp GradientSumsUp MeanOverBatch GradientMeanOverBatch TurnsMask
        ForgetsDout DividesByDout ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget TakesSlopeOfSoftmax
        FlatGradient SoftmaxAlongTime ChangesItsCache ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/backward/loss_central_differences": """
        GradientReturnsNothing GivesZeros MeanOverAll GradientMeanOverAll SumsUp GradientSumsUp MeanOverBatch
        GradientMeanOverBatch MeanOfMeans GradientForgetsMask GradientForgetsMaskOfStandIns MasksNothing
        MasksBeforeSubtracting TurnsMask ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget
        TakesSlopeOfSoftmax FlatGradient SoftmaxAlongTime ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/backward/large_logits_gradient": """
        GradientReturnsNothing GivesZeros SumsUp GradientSumsUp MeanOverBatch GradientMeanOverBatch TurnsMask
        LossDoesNotShift ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget TakesSlopeOfSoftmax
        FlatGradient SoftmaxAlongTime ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/mask/loss_over_kept": """
        LossReturnsNothing PicksAllTargets MeanOverAll LossMeanOverAll SumsUp LossSumsUp MeanOverBatch MeanOfMeans
        LossForgetsMask MasksNothing TurnsMask TakesExpOfLoss TurnsLoss TakesBaseTwo TakesOneMinusP LeavesOutTheSum
        LossForEachPosition SoftmaxAlongTime
    """,
    "MyTimeSoftmaxWithLoss/mask/gradient_over_kept": """
        GradientReturnsNothing GivesZeros MeanOverAll GradientMeanOverAll SumsUp GradientSumsUp MeanOverBatch
        GradientMeanOverBatch MeanOfMeans GradientForgetsMask GradientForgetsMaskOfStandIns MasksNothing
        MasksBeforeSubtracting TurnsMask ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget
        TakesSlopeOfSoftmax FlatGradient SqueezesGradient SoftmaxAlongTime ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/mask/all_ignored": """
        LossReturnsNothing GradientReturnsNothing GivesZeros PicksAllTargets MeanOverAll LossMeanOverAll
        GradientMeanOverAll SumsUp LossSumsUp GradientSumsUp MeanOfMeans LossForgetsMask GradientForgetsMask
        GradientForgetsMaskOfStandIns MasksNothing MasksBeforeSubtracting MasksMinusOne MasksNegatives TurnsMask
        DividesByZero GradientDividesByZero LeavesEarly LeavesEarlyWithOldGradient ForgetsMinusOne
        SubtractsAfterDividing TurnsGradient OnlyTheTarget TakesSlopeOfSoftmax FlatGradient TakesExpOfLoss TurnsLoss
        TakesBaseTwo TakesOneMinusP LeavesOutTheSum LossForEachPosition SoftmaxAlongTime KeepsFirstWindow ForcesFloat32
        ForcesFloat64
    """,
    "MyTimeSoftmaxWithLoss/mask/other_labels": """
        LossReturnsNothing GradientReturnsNothing GivesZeros PicksAllTargets MeanOverAll LossMeanOverAll
        GradientMeanOverAll SumsUp LossSumsUp GradientSumsUp MeanOverBatch GradientMeanOverBatch MeanOfMeans
        LossForgetsMask GradientForgetsMask GradientForgetsMaskOfStandIns MasksNothing MasksBeforeSubtracting
        MasksMinusOne MasksNegatives TurnsMask ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget
        TakesSlopeOfSoftmax FlatGradient TakesExpOfLoss TurnsLoss TakesBaseTwo TakesOneMinusP LeavesOutTheSum
        LossForEachPosition SoftmaxAlongTime ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/contract/loss_backward_twice": """
        GradientReturnsNothing GivesZeros SumsUp GradientSumsUp MeanOverBatch GradientMeanOverBatch TurnsMask
        ForgetsDout DividesByDout ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget TakesSlopeOfSoftmax
        FlatGradient SoftmaxAlongTime ChangesItsCache ReusesGradient ForcesFloat32
    """,
    "MyTimeSoftmaxWithLoss/contract/loss_leaves_arguments": """
        LossReturnsNothing PicksAllTargets OverwritesIgnoredLogits MeanOverAll LossMeanOverAll SumsUp LossSumsUp
        MeanOverBatch MeanOfMeans LossForgetsMask MasksNothing TurnsMask TakesExpOfLoss TurnsLoss TakesBaseTwo
        TakesOneMinusP LeavesOutTheSum LossForEachPosition SoftmaxAlongTime ChangesLogits ChangesTargets
    """,
    "MyTimeSoftmaxWithLoss/contract/loss_dtypes": """
        LossReturnsNothing GradientReturnsNothing GivesZeros PicksAllTargets SumsUp LossSumsUp GradientSumsUp
        MeanOverBatch GradientMeanOverBatch TurnsMask ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget
        TakesSlopeOfSoftmax FlatGradient TakesExpOfLoss TurnsLoss TakesBaseTwo TakesOneMinusP LeavesOutTheSum
        LossForEachPosition SoftmaxAlongTime ForcesFloat32 ForcesFloat64
    """,
    "MyTimeSoftmaxWithLoss/contract/loss_other_sizes": """
        LossReturnsNothing GradientReturnsNothing GivesZeros PicksAllTargets SumsUp LossSumsUp GradientSumsUp
        MeanOverBatch GradientMeanOverBatch TurnsMask ForgetsMinusOne SubtractsAfterDividing TurnsGradient OnlyTheTarget
        TakesSlopeOfSoftmax FlatGradient SqueezesGradient TakesExpOfLoss TurnsLoss TakesBaseTwo TakesOneMinusP
        LeavesOutTheSum LossForEachPosition SoftmaxAlongTime ReusesGradient KeepsFirstWindow SharesCache ForcesFloat32
        KeepsGradientInGrads
    """,
    "MyTimeAffine/forward/scores_by_hand": """
        LeavesOutB FlatScores TakesSoftmax ForwardReturnsNothing ScoresOfTheLastStep ForcesFloat32
    """,
    "MyTimeAffine/forward/scores_of_any_size": """
        LeavesOutB FlatScores TakesSoftmax ForwardReturnsNothing ScoresOfTheLastStep ForcesFloat32
    """,
    "MyTimeAffine/backward/affine_gradients": """
        BackwardReturnsNothing ForgetsTranspose FlatDxs AveragesOverSteps AveragesOverRows AveragesOverBatch AveragesDb
        DbOfTheLastStep DbOfAllWords KeepsLastStep KeepsFirstStep KeepsFirstSequence ForgetsDb
    """,
    "MyTimeAffine/backward/affine_dxs": """
        BackwardReturnsNothing ForgetsTranspose FlatDxs
    """,
    "MyTimeAffine/contract/affine_in_place": """
        LeavesOutB FlatScores TakesSoftmax ForwardReturnsNothing BackwardReturnsNothing ScoresOfTheLastStep
        ForgetsTranspose FlatDxs AveragesOverSteps AveragesOverRows AveragesOverBatch AveragesDb DbOfTheLastStep
        DbOfAllWords KeepsLastStep KeepsFirstStep KeepsFirstSequence ForgetsDb PilesUp Rebinds KeepsCacheInClass
        ForcesFloat32
    """,
    "MyTimeAffine/contract/affine_shares": """
        LeavesOutB FlatScores TakesSoftmax ForwardReturnsNothing BackwardReturnsNothing ScoresOfTheLastStep
        ForgetsTranspose FlatDxs CopiesParameters OffersCopies ChangesDys ReusesOutput ForcesFloat32
    """,
    "MyTimeAffine/contract/affine_dtype": """
        LeavesOutB FlatScores TakesSoftmax ForwardReturnsNothing BackwardReturnsNothing ScoresOfTheLastStep
        ForgetsTranspose FlatDxs AveragesOverSteps AveragesOverRows AveragesOverBatch AveragesDb DbOfTheLastStep
        DbOfAllWords KeepsLastStep KeepsFirstStep KeepsFirstSequence ForgetsDb ForcesFloat32 ForcesFloat64
        ForcesGradientFloat64
    """,
    "MyRnnlm/forward/predicts_scores": """
        PredictReturnsNothing PredictsShares SoftmaxTwice PredictsTheLastStep PredictsIds CopiesParams NamesParams
        NestedLists EmptyLists AnotherOrder SwapsSizes
    """,
    "MyRnnlm/forward/gives_loss": """
        PredictReturnsNothing SoftmaxTwice CopiesParams NamesParams NestedLists EmptyLists AnotherOrder SwapsSizes
        ChangesTargets
    """,
    "MyRnnlm/forward/state_goes_on": """
        IsNotStateful PredictReturnsNothing ResetsInForward PutsStateBack PredictsShares SoftmaxTwice
        PredictsTheLastStep PredictsIds CopiesParams NamesParams NestedLists EmptyLists AnotherOrder SwapsSizes
    """,
    "MyRnnlm/forward/resets_state": """
        PredictReturnsNothing NeverResets PredictsShares SoftmaxTwice PredictsTheLastStep PredictsIds CopiesParams
        NamesParams NestedLists EmptyLists AnotherOrder SwapsSizes
    """,
    "MyRnnlm/backward/sets_gradients": """
        PredictReturnsNothing VisitsLayersForwards SoftmaxTwice ForgetsEmbedding WritesNoGradients CopiesGrads
        ModelPilesUp CopiesParams NamesParams NestedLists EmptyLists AnotherOrder GradsInAnotherOrder SwapsSizes
        ChangesTargets
    """,
    "MyRnnlm/backward/scales_gradients": """
        IsNotStateful PredictReturnsNothing VisitsLayersForwards ResetsInForward ResetsInBackward SoftmaxTwice
        ForgetsDout ForgetsEmbedding WritesNoGradients CopiesGrads ModelPilesUp CopiesParams NamesParams NestedLists
        EmptyLists AnotherOrder GradsInAnotherOrder SwapsSizes ChangesTargets
    """,
    "MyRnnlm/contract/flat_lists": """
        NamesParams NestedLists EmptyLists AnotherOrder GradsInAnotherOrder SwapsSizes
    """,
    "MyRnnlm/contract/lists_share": """
        PredictReturnsNothing VisitsLayersForwards MakesNewRnn PredictsShares SoftmaxTwice PredictsTheLastStep
        PredictsIds ForgetsEmbedding WritesNoGradients CopiesGrads ModelPilesUp CopiesParams NamesParams NestedLists
        EmptyLists AnotherOrder GradsInAnotherOrder SwapsSizes
    """,
    "MyRnnlm/contract/draws_from_rng": """
        NamesParams NestedLists EmptyLists AnotherOrder SwapsSizes DrawsFromNumpy HasItsOwnSeed DrawsTheSameAgain
        StartsFromZeros
    """,
    "MyRnnlm/contract/model_leaves_arguments": """
        PredictReturnsNothing VisitsLayersForwards KeepsLayersInClass PredictsShares SoftmaxTwice PredictsTheLastStep
        PredictsIds ForgetsEmbedding WritesNoGradients CopiesGrads CopiesParams NamesParams NestedLists EmptyLists
        AnotherOrder GradsInAnotherOrder SwapsSizes ChangesTargets ReusesScores
    """,
    "my_perplexity/values/of_one_batch": """
        DividesAfterExp PerplexityReturnsNothing TakesBaseTwo ForgetsExp TakesLossesForSums DividesByBatches
        NeverDivides TurnsSign
    """,
    "my_perplexity/values/of_equal_batches": """
        AveragesExponentials WeighsExponentials DividesAfterExp PerplexityReturnsNothing TakesBaseTwo ForgetsExp
        TakesLossesForSums DividesByBatches NeverDivides MeasuresTheLastBatch MeasuresTheFirstBatch TurnsSign
    """,
    "my_perplexity/values/of_unequal_batches": """
        ForgetsCounts AveragesExponentials WeighsExponentials DividesAfterExp PerplexityReturnsNothing TakesBaseTwo
        ForgetsExp TakesLossesForSums DividesByBatches NeverDivides MeasuresTheLastBatch MeasuresTheFirstBatch TurnsSign
    """,
    "my_perplexity/edge/of_empty_batches": """
        ForgetsCounts AveragesExponentials WeighsExponentials DividesAfterExp PerplexityReturnsNothing TakesBaseTwo
        ForgetsExp TakesLossesForSums DividesByBatches NeverDivides MeasuresTheLastBatch MeasuresTheFirstBatch TurnsSign
        CountsAtLeastOne DeletesEmptyBatches
    """,
}
