SELECT run, layer, max(tcvUpper) OVER (ORDER BY layer) AS m, weightSingularValues[1] AS s, 1::DECIMAL(38,10) AS d, MAP {'a': 1} AS p FROM layers JOIN runs USING (run) ORDER BY ALL
